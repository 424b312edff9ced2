// Debian's golang-github-denverdino-aliyungo-dev, which signs with version 1.0: a line for each check, and
// an exit status. The CA is taken from SSL_CERT_FILE.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/denverdino/aliyungo/common"
	"github.com/denverdino/aliyungo/kms"
)

type accessKey struct {
	ID     string `json:"access_key_id"`
	Secret string `json:"access_key_secret"`
}

func client() (*kms.Client, error) {
	folder := os.Args[1]
	port, err := os.ReadFile(filepath.Join(folder, "port"))
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(folder, "access_key.json"))
	if err != nil {
		return nil, err
	}
	var key accessKey
	if err := json.Unmarshal(text, &key); err != nil {
		return nil, err
	}
	endpoint := "https://127.0.0.1:" + strings.TrimSpace(string(port))
	return kms.NewClientWithEndpoint(endpoint, key.ID, key.Secret), nil
}

func encryptsAndDecrypts(client *kms.Client) error {
	text := "plain text, 中文, +&=%~*'"
	sealed, err := client.Encrypt(&kms.EncryptAgrs{KeyId: "alias/default", Plaintext: text})
	if err != nil {
		return err
	}
	opened, err := client.Decrypt(&kms.DecryptArgs{CiphertextBlob: sealed.CiphertextBlob})
	if err == nil && opened.Plaintext != text {
		err = errors.New("another text")
	}
	return err
}

func managesAKey(client *kms.Client) error {
	made, err := client.CreateKey(&kms.CreateKeyArgs{KeyUsage: kms.KEY_USAGE_ENCRYPT_DECRYPT})
	if err != nil {
		return err
	}
	id := made.KeyMetadata.KeyId
	if _, err := client.DisableKey(id); err != nil {
		return err
	}
	described, err := client.DescribeKey(id)
	if err == nil && described.KeyMetadata.KeyState != "Disabled" {
		err = errors.New("it is not disabled")
	}
	return err
}

func refusalsAreRead(client *kms.Client) error {
	_, err := client.DescribeKey("key-none")
	var refusal *common.Error
	if !errors.As(err, &refusal) || refusal.Code != "Forbidden.KeyNotFound" {
		return fmt.Errorf("not what is documented: %v", err)
	}
	return nil
}

func main() {
	kms, err := client()
	if err != nil {
		fmt.Println("FAIL  aliyungo:", err)
		os.Exit(1)
	}
	failed := false
	for name, check := range map[string]func() error{
		"encrypts and decrypts": func() error { return encryptsAndDecrypts(kms) },
		"manages a key":         func() error { return managesAKey(kms) },
		"refusals are read":     func() error { return refusalsAreRead(kms) },
	} {
		if err := check(); err != nil {
			failed = true
			fmt.Printf("FAIL  aliyungo: %s: %v\n", name, err)
		} else {
			fmt.Printf("ok    aliyungo: %s\n", name)
		}
	}
	if failed {
		os.Exit(1)
	}
}
