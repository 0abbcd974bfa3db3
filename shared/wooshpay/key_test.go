package wooshpay

import (
	"strings"
	"testing"
)

func TestModeOf(t *testing.T) {
	tests := []struct {
		url  string
		want Mode
	}{
		{TestURL, TestMode}, {TestURL + "/", TestMode}, {LiveURL, LiveMode}, {"https://API.wooshpay.com", LiveMode},
		{"http://127.0.0.1:8080", LocalMode}, {"http://localhost:1", LocalMode}, {"http://[::1]:1", LocalMode}, {"https://127.0.0.1", LocalMode},
		{"http://api.wooshpay.com", ""}, {"http://apitest.wooshpay.com", ""}, {"https://api.wooshpay.com.example.org", ""},
		{"https://api.wooshpay.com:8443", ""}, {"https://user@api.wooshpay.com", ""}, {"https://api.wooshpay.com/v1", ""},
		{"https://api.wooshpay.com?x", ""}, {"http://10.0.0.1", ""}, {"http://localhost.example.org", ""}, {"ftp://127.0.0.1", ""},
		{"https://api.wooshpay.com?", ""}, {"https://api.wooshpay.com#", ""}, {"https://api.wooshpay.com//", ""},
		{"https://api.wooshpay.com/%2F", ""}, {"http://127.0.0.1:1/?", ""}, {"http://127.0.0.1:1/#", ""},
		{"api.wooshpay.com", ""}, {"", ""}, {"http://%zz", ""},
	}
	for _, test := range tests {
		if got, err := ModeOf(test.url); got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("ModeOf(%q) = %q, %v; want %q", test.url, got, err, test.want)
		}
	}
}

func TestCheckKey(t *testing.T) {
	const local = "http://127.0.0.1:1"
	tests := []struct {
		url, key string
		live     bool
		advice   string // empty if the key is good
	}{
		{TestURL, "sk_test_Zq9", false, ""}, {LiveURL, "sk_live_Zq9", true, ""},
		{local, "sk_test_Zq9", false, ""}, {local, "sk_live_Zq9", true, ""},
		{LiveURL, "sk_test_Zq9", false, "store the live key"}, {TestURL, "sk_live_Zq9", false, "store the test key"},
		{TestURL, "pk_test_Zq9", false, "the secret key (sk_…) is needed"}, {TestURL, "", false, "is empty"},
		{TestURL, "Zq9", false, "starts with neither"}, {TestURL, "sk_test_Zq9\n", false, "ends with a line break"},
		{TestURL, "sk_test_Zq9:x", false, "contains the character ':'"}, {TestURL, `{"api_key":"sk_test_Zq9"}`, false, "begins with a brace"},
		{"https://example.org", "sk_test_Zq9", false, "use " + TestURL},
	}
	for _, test := range tests {
		live, err := Livemode(test.url, test.key)
		if live != test.live || (err == nil) != (test.advice == "") {
			t.Errorf("Livemode(%q, %q) = %v, %v", test.url, test.key, live, err)
		}
		if err != nil && (!strings.Contains(err.Error(), test.advice) || strings.Contains(err.Error(), "Zq9")) {
			t.Errorf("%q with %q: the error %q lacks its advice or holds the key", test.url, test.key, err)
		}
	}
}
