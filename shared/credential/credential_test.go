package credential_test

import (
	"fmt"
	"strings"
	"testing"

	"disputecloser/shared/credential"
)

// hush is the part of a secret that no error may repeat.
const hush = "Zq9aZq9bZq9cZq9d"

// wrapped are the ways in which consoles, editors, shells and scripts corrupt a secret, and how the error names them. %s is
// the secret.
var wrapped = map[string]string{
	`"%s"`: `begins with a quotation mark (")`, `%s"`: `ends with a quotation mark (")`, `'%s'`: "begins with an apostrophe (')",
	"`%s`": "begins with a backquote (`)", `\"%s\"`: `begins with the character '\\'`,
	"“%s”": "begins with a typographic quotation mark (U+201C)", "%s”": "ends with a typographic quotation mark (U+201D)",
	"„%s“": "U+201E", "«%s»": "U+00AB", "%s»": "U+00BB", "‘%s’": "a typographic apostrophe (U+2018)", "%s’": "U+2019",
	" %s": "begins with a space", "%s ": "ends with a space", "%s x": "contains a space", "\t%s": "begins with a tab",
	"\n%s": "begins with a line break", "%s\n": "ends with a line break", "%s\nx": "contains a line break",
	"%s\r": "ends with a carriage return", "%s\r\n": "contains a carriage return", "%s\x00": "ends with a NUL", "\x1b[200~%s": "a control character (U+001B)",
	"%s\x7f": "a control character (U+007F)", "%s\u0085": "a control character (U+0085)",
	"\ufeff%s": "begins with a byte order mark (U+FEFF)", "%s\u200b": "ends with a zero-width space (U+200B)", "%s\u200c": "U+200C",
	"%s\u200d": "U+200D", "%s\u2060": "U+2060", "%s\u00ad": "a soft hyphen", "%s\u00a0": "a no-break space (U+00A0)", "\u202f%s": "U+202F",
	"%s\u2028": "not ASCII (U+2028)", "%sé": "not ASCII (U+00E9)", "%s…": "an ellipsis", "%s\xff": "bytes that are not UTF-8", "%s\ufffd": "bytes that are not UTF-8",
	"\xff\xfe%s": "the byte order mark of UTF-16", "\xfe\xff%s": "the byte order mark of UTF-16",
	`{"signing_secret":"%s"}`: "begins with a brace ({)", `["%s"]`: "begins with the character '['", "<%s>": "'<'", "$%s": "'$'", "(%s)": "'('",
	"%s,": "','", "%s;": "';'", "secret: %s": "':'", "%s%%3D": "'%'", "%s*": "'*'", "&quot;%s": "'&'", "%s...": "two full stops",
	"SECRET=%s": "an equals sign (=) before its end", "=%s": "an equals sign", "t=1772456400,v1=%s": "an equals sign", "%s=x": "an equals sign",
}

func TestNoWrappingIsPartOfASecret(t *testing.T) {
	for prefix, check := range map[string]func(string) error{
		"whsec_": credential.CheckSigningSecret, "": credential.CheckSigningSecret, "sk_test_": credential.CheckKey, "sk_live_": credential.CheckKey,
	} {
		for form, named := range wrapped {
			err := check(fmt.Sprintf(form, prefix+hush))
			if err == nil || !strings.Contains(err.Error(), named) || strings.Contains(err.Error(), hush[:4]) {
				t.Errorf("%q around %s: %v, want %q", form, prefix, err, named)
			}
		}
	}
}

func TestWhatIsNotASigningSecret(t *testing.T) {
	for text, why := range map[string]string{
		"": "is empty", "whsec_": "nothing but its prefix", "whsec_-": "nothing but its prefix", "whsec_=": "nothing but its prefix", "-": "nothing but",
		"whsec_whsec_Zq9": "twice", "Zq9whsec_Zq9": "twice", "whsec_Zq9whsec_Zq9": "twice", "whsec_...": "two full stops", "whsec_****": "'*'",
		"sk_test_Zq9": "an API key", "sk_live_Zq9": "an API key", "pk_live_Zq9": "an API key", "sk_Zq9": "an API key", "rk_live_Zq9": "an API key",
		"whsec_sk_live_Zq9": "an API key", "Zq9pk_test_Zq9": "an API key", "we_Zq9": "the endpoint's id",
		"null": "a missing value", "None": "a missing value", "undefined": "a missing value", "nil": "a missing value", "TRUE": "a missing value", "false": "a missing value",
		"arn:aws:secretsmanager:eu-west-1:1:secret:x": "':'", "file://Zq9.txt": "':'",
		strings.Repeat("Zq9", credential.MaxBytes/3+1): "longer than any secret",
	} {
		err := credential.CheckSigningSecret(text)
		if err == nil || !strings.Contains(err.Error(), why) || strings.Contains(err.Error(), "Zq9") {
			t.Errorf("%.40q: %v, want %q", text, err, why)
		}
	}
}

// The alphabet of signing secrets is not documented: every character of a token is accepted, and the whole text is used.
func TestWhatMayBeASigningSecret(t *testing.T) {
	for _, text := range []string{
		"whsec_1", "whsec_0123456789abcdef", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8G+YqrTw/jUPD8ILPZIo2LaLaSw==", "MfKQ9r8G-Yq_rTwj~U.PD8=",
		"whsec_MfKQ9r8G+Yqr/TwjU==", "7", "wexford", "risk_free", strings.Repeat("x", credential.MaxBytes),
	} {
		if err := credential.CheckSigningSecret(text); err != nil {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

func TestWhatIsNotAnAPIKey(t *testing.T) {
	for text, why := range map[string]string{
		"sk_test_": "nothing but its prefix", "sk_live__": "nothing but its prefix", "sk_test_...": "two full stops", "whsec_Zq9": "is a signing secret",
		"sk_test_sk_test_Zq9": "a second key", "sk_test_sk_live_Zq9": "a second key", "sk_live_sk_test_Zq9": "a second key", "sk_live_pk_live_Zq9": "a second key",
		"sk_live_Zq9whsec_Zq9": "a second key", "sk_Zq9": "starts with neither", "xsk_live_Zq9": "starts with neither", "pk_Zq9": "the public one",
	} {
		err := credential.CheckKey(text)
		if err == nil || !strings.Contains(err.Error(), why) || strings.Contains(err.Error(), "Zq9") {
			t.Errorf("%q: %v, want %q", text, err, why)
		}
	}
}

func TestIn(t *testing.T) {
	for text, want := range map[string]credential.Kind{
		"sk_live_Zq9": credential.APIKey, "sk_test_Zq9": credential.APIKey, "pk_live_Zq9": credential.APIKey, "rk_live_Zq9": credential.APIKey, "sk_Zq9": credential.APIKey, "whsec_Zq9": credential.SigningSecret,
		`"sk_live_Zq9"`: credential.APIKey, " whsec_Zq9": credential.SigningSecret, "--secret=sk_live_Zq9": credential.APIKey, "\ufeffwhsec_Zq9": credential.SigningSecret, `{"api_key":"sk_live_Zq9"}`: credential.APIKey,
		"": credential.None, "signing": credential.None, "dp_1": credential.None, "risk_cases.csv": credential.None, "out/sk_notes.csv": credential.None, "dispute-closer/sk_live": credential.None,
		"arn:aws:secretsmanager:eu-west-1:123456789012:secret:sk_live_key-AbCdEf": credential.None, "my-whsec_1": credential.None,
	} {
		if got := credential.In(text); got != want {
			t.Errorf("In(%q) = %q, want %q", text, got, want)
		}
	}
}
