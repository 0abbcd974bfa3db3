package secrets_test

import (
	"testing"

	"disputecloser/shared/secrets"
)

func TestTextLosesOneLineBreakOnly(t *testing.T) {
	for given, want := range map[string]string{
		"x": "x", "x\n": "x", "x\r\n": "x", "x\n\n": "x\n", "x\r\n\r\n": "x\r\n", "x\r": "x\r", " x ": " x ", "\nx": "\nx", "": "", "\n": "",
	} {
		if got := secrets.Text(given); got != want {
			t.Errorf("Text(%q) = %q, want %q", given, got, want)
		}
	}
}

func TestEachFieldHasItsOwnCheck(t *testing.T) {
	if secrets.APIKey.Check("sk_test_1") != nil || secrets.SigningSecret.Check("whsec_1") != nil {
		t.Error("a good value is refused")
	}
	if secrets.APIKey.Check("whsec_1") == nil || secrets.SigningSecret.Check("sk_test_1") == nil {
		t.Error("one field's value is taken for the other's")
	}
}

func TestObject(t *testing.T) {
	for stored, want := range map[string]int{`{"a":1,"b":2}`: 2, " \r\n{} ": 0, "whsec_1": -1, `"{}"`: -1, "[]": -1, "": -1, "{": -2, "{} x": -2} {
		object, err := secrets.Object(stored)
		got := len(object)
		if err != nil {
			got = -2
		} else if object == nil {
			got = -1
		}
		if got != want {
			t.Errorf("Object(%q) = %v, %v", stored, object, err)
		}
	}
}
