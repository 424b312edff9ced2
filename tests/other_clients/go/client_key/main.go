// Debian's golang-golang-x-crypto-dev, with which the official Go SDK opens a client key: a line for the
// check, and an exit status.
package main

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/pkcs12"
)

func blocks(folder string) ([]*pem.Block, error) {
	text, err := os.ReadFile(filepath.Join(folder, "client_key.json"))
	if err != nil {
		return nil, err
	}
	var key struct{ PrivateKeyData string }
	if err := json.Unmarshal(text, &key); err != nil {
		return nil, err
	}
	file, err := base64.StdEncoding.DecodeString(key.PrivateKeyData)
	if err != nil {
		return nil, err
	}
	password, err := os.ReadFile(filepath.Join(folder, "password"))
	if err != nil {
		return nil, err
	}
	return pkcs12.ToPEM(file, strings.TrimSpace(string(password)))
}

// The SDK takes the first of two for the certificate and the second for the key.
func opens(folder string) error {
	blocks, err := blocks(folder)
	if err != nil {
		return err
	}
	if len(blocks) != 2 {
		return fmt.Errorf("%d entries", len(blocks))
	}
	certificate, err := x509.ParseCertificate(blocks[0].Bytes)
	if err != nil {
		return err
	}
	key, err := x509.ParsePKCS1PrivateKey(blocks[1].Bytes)
	if err != nil {
		return err
	}
	if !key.PublicKey.Equal(certificate.PublicKey) {
		return errors.New("the certificate is of another key")
	}
	return nil
}

func main() {
	if err := opens(os.Args[1]); err != nil {
		fmt.Println("FAIL  x/crypto/pkcs12: opens the client key:", err)
		os.Exit(1)
	}
	fmt.Println("ok    x/crypto/pkcs12: opens the client key")
}
