// Package credential recognises the secrets that WooshPay gives to a merchant, API keys and the signing secrets of webhook
// endpoints, by their form. It stores no secret and makes no call.
//
// No error of this package contains a secret.
package credential

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxBytes bounds keys and signing secrets, in bytes. WooshPay's have a few dozen.
const MaxBytes = 4 << 10

// Prefixes of secret API keys, by mode (WooshPay's documentation).
const (
	TestKey = "sk_test_"
	LiveKey = "sk_live_"
)

// Other prefixes that WooshPay's documentation and samples show.
const (
	publicPrefix   = "pk_"
	signingPrefix  = "whsec_"
	endpointPrefix = "we_"
)

// Kind is a kind of secret.
type Kind string

// The kinds. None is the kind of a text that does not look like a secret.
const (
	None          Kind = ""
	APIKey        Kind = "an API key" //nolint:gosec // words, not a key
	SigningSecret Kind = "a signing secret"
)

// start matches the beginning of a key or signing secret: at the start of a text, or after a character that separates
// words, such as a quotation mark. The excluded characters may precede the same letters in the name or ARN of a secret.
var start = regexp.MustCompile(`(?:^|[^A-Za-z0-9/_+.@:-])(sk_|pk_|rk_|whsec_)`)

// In returns the kind of secret that a text seems to contain. Callers use it to reject a secret that was given in place of
// a name, before it is sent or printed.
func In(text string) Kind {
	switch found := start.FindStringSubmatch(text); {
	case found == nil:
		return None
	case found[1] == signingPrefix:
		return SigningSecret
	default:
		return APIKey
	}
}

// CheckSigningSecret returns nil if a text can be an endpoint's signing secret, and otherwise an error that says why not. The
// error contains at most one character of the text. Nothing is stripped or decoded: the whole text is the secret.
func CheckSigningSecret(secret string) error {
	if wrong := signingFault(secret); wrong != "" {
		return errors.New("the signing secret " + wrong)
	}
	return nil
}

func signingFault(secret string) string {
	if wrong := tokenFault(secret); wrong != "" {
		return wrong
	}
	switch {
	case In(secret) == APIKey || keyWithin.MatchString(secret):
		return "is an API key (sk_… or pk_…), or holds one"
	case strings.HasPrefix(secret, endpointPrefix):
		return "is the endpoint's id (we_…)"
	case strings.LastIndex(secret, signingPrefix) > 0:
		return "has its prefix (" + signingPrefix + ") twice, or something before it"
	case isBlank(strings.TrimPrefix(secret, signingPrefix)):
		return "holds nothing but its prefix (" + signingPrefix + ")"
	case notValues[strings.ToLower(secret)]:
		return "is what a program writes for a missing value"
	}
	return ""
}

// CheckKey returns nil if a text can be a secret API key of either mode, and otherwise an error that says why not. The error
// contains at most one character of the text.
func CheckKey(key string) error {
	if wrong := keyFault(key); wrong != "" {
		return errors.New("the API key " + wrong)
	}
	return nil
}

func keyFault(key string) string {
	if wrong := tokenFault(key); wrong != "" {
		return wrong
	}
	prefix := TestKey
	if strings.HasPrefix(key, LiveKey) {
		prefix = LiveKey
	}
	secret, isKey := strings.CutPrefix(key, prefix)
	switch {
	case strings.HasPrefix(key, publicPrefix):
		return "is the public one (pk_…): the secret key (sk_…) is needed"
	case In(key) == SigningSecret:
		return "is a signing secret (whsec_…)"
	case !isKey:
		return "starts with neither " + TestKey + " nor " + LiveKey
	case keyWithin.MatchString(secret) || strings.Contains(secret, signingPrefix):
		return "holds a second key or secret after its prefix"
	case isBlank(secret):
		return "holds nothing but its prefix"
	}
	return ""
}

// keyWithin matches a key after other text, as when two texts were pasted together.
var keyWithin = regexp.MustCompile(`[sp]k_(test|live)_`)

// notValues are words that scripts write in place of a missing value.
var notValues = map[string]bool{"null": true, "nil": true, "none": true, "undefined": true, "true": true, "false": true}

func isBlank(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// tokenFault says why a text cannot be a token, or is empty. The alphabet is that of HTTP's bearer tokens (RFC 6750,
// b64token): letters, digits and -._~+/ with equals signs at the end. It includes both forms of base64, and none of the
// characters that consoles, editors, shells or JSON put around a secret.
func tokenFault(text string) string {
	switch {
	case text == "":
		return "is empty"
	case len(text) > MaxBytes:
		return "is longer than any secret"
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"):
		return "begins with the byte order mark of UTF-16"
	}
	unpadded := strings.TrimRight(text, "=")
	for i, r := range text {
		if i < len(unpadded) && isToken(r) || i > 0 && i >= len(unpadded) {
			continue
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		where := "contains"
		if i == 0 {
			where = "begins with"
		} else if i+size == len(text) {
			where = "ends with"
		}
		return where + " " + nameOf(r)
	}
	if strings.Contains(text, "..") {
		return "contains two full stops in a row, as a shortened text does"
	}
	return ""
}

func isToken(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-._~+/", r)
}

// characterNames are the names of characters that are invisible or easily confused.
var characterNames = map[rune]string{
	'"': `a quotation mark (")`, '\'': "an apostrophe (')", '`': "a backquote (`)", ' ': "a space", '\t': "a tab",
	'\n': "a line break", '\r': "a carriage return", 0: "a NUL character, as UTF-16 has them", '{': "a brace ({), as JSON does",
	'=': "an equals sign (=) before its end, as where a name is stored with its value",
	'“': "a typographic quotation mark (U+201C)", '”': "a typographic quotation mark (U+201D)", '„': "a typographic quotation mark (U+201E)",
	'«': "a typographic quotation mark (U+00AB)", '»': "a typographic quotation mark (U+00BB)",
	'‘': "a typographic apostrophe (U+2018)", '’': "a typographic apostrophe (U+2019)", '…': "an ellipsis (U+2026)",
	'\u00a0': "a no-break space (U+00A0)", '\u202f': "a no-break space (U+202F)", '\ufeff': "a byte order mark (U+FEFF)",
	'\u200b': "a zero-width space (U+200B)", '\u200c': "a zero-width character (U+200C)", '\u200d': "a zero-width character (U+200D)",
	'\u2060': "a zero-width character (U+2060)", '\u00ad': "a soft hyphen (U+00AD)",
	utf8.RuneError: "bytes that are not UTF-8",
}

func nameOf(r rune) string {
	name, known := characterNames[r]
	switch {
	case known:
		return name
	case unicode.IsControl(r):
		return fmt.Sprintf("a control character (U+%04X)", r)
	case r < utf8.RuneSelf:
		return fmt.Sprintf("the character %q, which no secret has", r)
	default:
		return fmt.Sprintf("a character that is not ASCII (U+%04X)", r)
	}
}
