package secrets

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"disputecloser/shared/credential"
)

// Field is what a secret holds. Its text is the field's name in a secret that is a JSON object.
type Field string

// The fields.
const (
	APIKey        Field = "api_key"
	SigningSecret Field = "signing_secret"
)

// Check returns an error if a value cannot be the field's. The error names the character or form that is wrong, and does
// not contain the value. Secrets are checked by it when they are stored, read and examined.
func (f Field) Check(value string) error {
	if f == APIKey {
		return credential.CheckKey(value)
	}
	return credential.CheckSigningSecret(value)
}

// Text returns a text without its final line break, which editors, echo and here-documents add. Nothing else is removed
// from a secret.
func Text(text string) string {
	if rest, ok := strings.CutSuffix(text, "\r\n"); ok {
		return rest
	}
	return strings.TrimSuffix(text, "\n")
}

// jsonSpace is the white space that JSON allows before an object.
const jsonSpace = " \t\r\n"

// errNotJSON means that a text begins like a JSON object and is not one.
var errNotJSON = errors.New("it begins like JSON and is not JSON")

// Object returns the fields of a secret that is a JSON object, and nil for any other text. It is an error if the text
// begins like an object and is not one.
func Object(stored string) (map[string]json.RawMessage, error) {
	if !strings.HasPrefix(strings.TrimLeft(stored, jsonSpace), "{") {
		return nil, nil
	}
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(stored), &object) != nil {
		return nil, errNotJSON
	}
	return object, nil
}

// value returns the field's value from a secret's text, which is the value itself or a JSON object.
func (f Field) value(stored string) (string, error) {
	object, err := Object(stored)
	if err != nil {
		return "", err
	}
	value := Text(stored)
	if object != nil {
		var text *string
		if json.Unmarshal(object[string(f)], &text) != nil || text == nil {
			return "", fmt.Errorf("its JSON has no text %q", f)
		}
		value = *text
	}
	return value, f.Check(value)
}
