package secrets

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"disputecloser/shared/credential"
)

// Field is what a secret holds, by its name in a secret that is a JSON object.
type Field string

// The fields.
const (
	APIKey        Field = "api_key"
	SigningSecret Field = "signing_secret"
)

// Check returns an error if a value cannot be what the field holds: what stores secrets, what reads them and what examines
// them all ask here. The error names the character or form that is wrong, and does not contain the value.
func (f Field) Check(value string) error {
	if f == APIKey {
		return credential.CheckKey(value)
	}
	return credential.CheckSigningSecret(value)
}

// Text returns a text without the one line break that editors, echo and here-documents put at the end of a file. It is the
// only thing that is not taken as part of a secret.
func Text(text string) string {
	if rest, ok := strings.CutSuffix(text, "\r\n"); ok {
		return rest
	}
	return strings.TrimSuffix(text, "\n")
}

// jsonSpace is the white space that JSON allows around an object.
const jsonSpace = " \t\r\n"

// errNotJSON means that a text begins as a JSON object does and is not one.
var errNotJSON = errors.New("it begins like JSON and is not JSON")

// Object returns the fields of a secret that is a JSON object, and nil for any other text.
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

// value takes the field's value out of what a secret holds, as text or as a JSON object.
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
