package wooshpay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// SignatureHeader is the name of the header that holds a webhook's signature (WooshPay's documentation).
const SignatureHeader = "Wooshpay-Signature"

// maxSignature bounds the header in bytes. It has room for dozens of signatures; at most two are expected.
const maxSignature = 4096

// SignatureError is the reason for which a signature was refused, in one word. Compare it with errors.Is.
type SignatureError string

// The reasons. ErrStale and ErrFuture are returned only for a signature that is otherwise genuine.
const (
	ErrUnsigned  SignatureError = "unsigned"
	ErrMalformed SignatureError = "malformed"
	ErrMismatch  SignatureError = "mismatch"
	ErrStale     SignatureError = "stale"
	ErrFuture    SignatureError = "future"
)

func (e SignatureError) Error() string { return "signature refused: " + string(e) }

// Sign returns the signature header for a body signed at an instant with an endpoint's whole secret.
func Sign(secret string, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac(secret, t, body))
}

// mac returns the HMAC-SHA256 of the instant's literal text, a full stop and the exact body (WooshPay's documentation).
// The key is the whole secret: its prefix is not removed, and it is not decoded.
func mac(secret, t string, body []byte) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	_, _ = h.Write([]byte(t + "."))
	_, _ = h.Write(body)
	return h.Sum(nil)
}

// Verify returns nil if one of the secrets signed the body at most maxAge before and at most maxLead after now, and a
// SignatureError otherwise. It skips empty secrets.
func Verify(header string, body []byte, secrets []string, now time.Time, maxAge, maxLead time.Duration) error {
	if header == "" {
		return ErrUnsigned
	}
	s, ok := parseSignature(header)
	if !ok {
		return ErrMalformed
	}
	if !s.signedBy(secrets, body) {
		return ErrMismatch
	}
	switch age := now.Sub(s.at); {
	case age > maxAge:
		return ErrStale
	case age < -maxLead:
		return ErrFuture
	}
	return nil
}

type signature struct {
	t    string
	at   time.Time
	sums [][]byte
}

// signedBy reports whether one of the secrets made one of the signatures. It compares every pair, also after a match.
func (s signature) signedBy(secrets []string, body []byte) bool {
	matches := false
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		want := mac(secret, s.t, body)
		for _, sum := range s.sums {
			matches = hmac.Equal(sum, want) || matches
		}
	}
	return matches
}

// parseSignature reads t=…,v1=…,v1=… and skips unknown elements.
func parseSignature(header string) (signature, bool) {
	var s signature
	if len(header) > maxSignature {
		return s, false
	}
	for element := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(element), "=")
		switch name {
		case "t":
			if s.t != "" {
				return s, false
			}
			s.t = value
		case "v1":
			if sum, err := hex.DecodeString(value); err == nil && len(sum) == sha256.Size {
				s.sums = append(s.sums, sum)
			}
		}
	}
	var ok bool
	s.at, ok = signedAt(s.t)
	return s, ok && len(s.sums) > 0
}

// firstMs is the smallest t that is read as milliseconds. WooshPay documents seconds. Milliseconds are a guess: its events
// use them elsewhere, and a genuine signature must not be refused as one from the future.
const firstMs = 100_000_000_000

func signedAt(t string) (time.Time, bool) {
	n, err := strconv.ParseInt(t, 10, 64)
	switch {
	case err != nil || n < 0:
		return time.Time{}, false
	case n >= firstMs:
		return time.UnixMilli(n), true
	default:
		return time.Unix(n, 0), true
	}
}
