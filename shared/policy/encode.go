package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// ErrNotCompiled is returned by Load for anything that Encode did not write.
var ErrNotCompiled = errors.New("not a compiled policy of this version; run `disputectl policy compile` on the policy file")

// Encode returns the compiled JSON, the same bytes for the same document. It returns Compile's error for a
// document that does not compile.
func Encode(d Document) ([]byte, error) {
	p, err := Compile(d)
	if err != nil {
		return nil, fmt.Errorf("encode policy: %w", err)
	}
	d.Schema, d.Hash = Schema, p.hash
	encoded, err := encodeJSON(d)
	if err != nil {
		return nil, fmt.Errorf("encode policy: %w", err)
	}
	return encoded, nil
}

// Load reads what Encode wrote; white space around it does not matter. It returns an error that wraps ErrNotCompiled for
// anything else: YAML, another schema, an edit by hand, a hash that does not fit the rules.
func Load(compiled []byte) (*Policy, error) {
	d, err := Decode(compiled)
	if err != nil {
		return nil, err
	}
	return Compile(d)
}

// Decode is like Load, and returns the document rather than the compiled policy.
func Decode(compiled []byte) (Document, error) {
	var d Document
	if err := json.Unmarshal(compiled, &d); err != nil {
		return Document{}, fmt.Errorf("load policy: %w (%w)", ErrNotCompiled, err)
	}
	if d.Schema != Schema {
		return Document{}, fmt.Errorf("load policy: schema %d is not %d: %w", d.Schema, Schema, ErrNotCompiled)
	}
	again, err := Encode(d)
	if err != nil {
		return Document{}, fmt.Errorf("load policy: %w (%w)", ErrNotCompiled, err)
	}
	var given bytes.Buffer
	if err := json.Compact(&given, compiled); err != nil {
		return Document{}, fmt.Errorf("load policy: %w (%w)", ErrNotCompiled, err)
	}
	if !bytes.Equal(bytes.TrimSpace(given.Bytes()), bytes.TrimSpace(again)) {
		return Document{}, fmt.Errorf("load policy: its hash or text was changed after it was compiled: %w", ErrNotCompiled)
	}
	return d, nil
}

// behaviour returns the SHA-256, in hexadecimal, of everything that changes what the policy does.
func (d Document) behaviour() (string, error) {
	d.Schema, d.Hash, d.Environment, d.Tests = Schema, "", "", nil
	if d.Refunds == RefundsRequired {
		d.Refunds = ""
	}
	encoded, err := encodeJSON(d)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:]), nil
}

// encodeJSON writes maps in the order of their keys, and text as it is.
func encodeJSON(d Document) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(d); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
