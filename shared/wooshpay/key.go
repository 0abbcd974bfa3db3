package wooshpay

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// WooshPay's two hosts (its documentation). Each takes only keys of its own mode.
const (
	TestURL = "https://apitest.wooshpay.com"
	LiveURL = "https://api.wooshpay.com"
)

// Mode is which of its worlds a WooshPay host serves.
type Mode string

// The modes. Local is a loopback host: the key alone says which mode it serves.
const (
	TestMode  Mode = "test"
	LiveMode  Mode = "live"
	LocalMode Mode = "local"
)

// Prefixes of keys (WooshPay's documentation).
const (
	testKey   = "sk_test_"
	liveKey   = "sk_live_"
	publicKey = "pk_"
)

// ModeOf returns the mode of a base URL. The error says what is wrong with it.
func ModeOf(baseURL string) (Mode, error) {
	u, err := url.Parse(baseURL)
	if err != nil {
		return "", errors.New("the WooshPay URL cannot be read")
	}
	site := u.Scheme + "://" + strings.ToLower(u.Host)
	switch {
	case !strings.EqualFold(strings.TrimSuffix(baseURL, "/"), site): // Paths are appended to the text as it stands.
		return "", errors.New("the WooshPay URL must be a scheme and a host and nothing else")
	case site == TestURL:
		return TestMode, nil
	case site == LiveURL:
		return LiveMode, nil
	case isLoopback(u.Hostname()) && (u.Scheme == "http" || u.Scheme == "https"):
		return LocalMode, nil
	}
	return "", fmt.Errorf("%.100q is not WooshPay: use %s, %s or, to test, http:// with a loopback address", site, TestURL, LiveURL)
}

func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// CheckKey returns an error that says what to do if the key cannot be one for this host. It never contains the key.
func CheckKey(baseURL, key string) error {
	mode, err := ModeOf(baseURL)
	if err != nil {
		return err
	}
	switch {
	case key == "":
		return errors.New("the API key is empty: store the secret key (sk_…) of the WooshPay account")
	case strings.HasPrefix(key, publicKey):
		return errors.New("the API key is the public one (pk_…): store the secret key (sk_…)")
	case strings.ContainsFunc(key, isNotKeyText):
		return errors.New("the API key contains a colon, a space, a line break or another character that no key has: store it again, alone")
	case strings.HasPrefix(key, testKey) && mode == LiveMode:
		return fmt.Errorf("the API key is a test key (%s…), the host is the live one: use %s or store the live key", testKey, TestURL)
	case strings.HasPrefix(key, liveKey) && mode == TestMode:
		return fmt.Errorf("the API key is a live key (%s…), the host is the test one: use %s or store the test key", liveKey, LiveURL)
	case !strings.HasPrefix(key, testKey) && !strings.HasPrefix(key, liveKey):
		return fmt.Errorf("the API key starts with neither %s nor %s: store the secret key of the WooshPay account", testKey, liveKey)
	}
	return nil
}

// isNotKeyText finds what cannot stand in a Basic user name or would only come from a careless copy.
func isNotKeyText(r rune) bool { return r <= ' ' || r >= 0x7f || r == ':' }

// Livemode tells whether host and key are those of the live mode, so what livemode their disputes must carry.
// The error is that of CheckKey.
func Livemode(baseURL, key string) (bool, error) {
	if err := CheckKey(baseURL, key); err != nil {
		return false, err
	}
	return strings.HasPrefix(key, liveKey), nil
}
