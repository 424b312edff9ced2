// npm's @alicloud/kms20160120 and @alicloud/pop-core, which sign with version 1.0.
//
// The CA is named by NODE_EXTRA_CA_CERTS.
'use strict';

const assert = require('assert');
const fs = require('fs');
const path = require('path');

const folder = process.argv[2];
const read = (name) => fs.readFileSync(path.join(folder, name), 'utf8').trim();
const endpoint = `127.0.0.1:${read('port')}`;
const accessKey = JSON.parse(read('access_key.json'));
const text = "plain text, 中文, +&=%~*'";

async function popCore() {
  const { RPCClient } = require('@alicloud/pop-core');
  const client = new RPCClient({
    endpoint: `https://${endpoint}`,
    apiVersion: '2016-01-20',
    accessKeyId: accessKey.access_key_id,
    accessKeySecret: accessKey.access_key_secret,
  });
  for (const method of ['GET', 'POST']) {
    const parameters = { KeyId: 'alias/default', Plaintext: text };
    const sealed = await client.request('Encrypt', parameters, { method });
    const blob = { CiphertextBlob: sealed.CiphertextBlob };
    const opened = await client.request('Decrypt', blob, { method });
    assert.strictEqual(opened.Plaintext, text);
    const keys = await client.request('ListKeys', { PageNumber: 100 }, { method });
    assert.deepStrictEqual(keys.Keys.Key, []);
  }
}

async function kms20160120() {
  const kms = require('@alicloud/kms20160120');
  const { Config } = require('@alicloud/rpc-client');
  const client = new kms.default(new Config({
    endpoint,
    protocol: 'https',
    accessKeyId: accessKey.access_key_id,
    accessKeySecret: accessKey.access_key_secret,
  }));
  const request = new kms.EncryptRequest({ keyId: 'alias/default', plaintext: text });
  const sealed = await client.encrypt(request);
  const blob = new kms.DecryptRequest({ ciphertextBlob: sealed.ciphertextBlob });
  const opened = await client.decrypt(blob);
  assert.strictEqual(opened.plaintext, text);
}

async function main() {
  let failures = 0;
  for (const [client, check] of [
    ['@alicloud/pop-core', popCore],
    ['@alicloud/kms20160120', kms20160120],
  ]) {
    try {
      await check();
      console.log(`ok    ${client}: encrypts, decrypts`);
    } catch (error) {
      failures += 1;
      console.log(`FAIL  ${client}: ${error.stack}`);
    }
  }
  process.exit(failures ? 1 : 0);
}

main();
