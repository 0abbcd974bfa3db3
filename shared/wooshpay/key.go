package wooshpay

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"disputecloser/shared/credential"
)

// WooshPay's two hosts (its documentation). Each accepts only keys of its own mode.
const (
	TestURL = "https://apitest.wooshpay.com"
	LiveURL = "https://api.wooshpay.com"
)

// Mode is the environment that a WooshPay host serves.
type Mode string

// The modes. LocalMode is that of a loopback host; only the key says which mode it serves.
const (
	TestMode  Mode = "test"
	LiveMode  Mode = "live"
	LocalMode Mode = "local"
)

// ModeOf returns the mode of a base URL. The error says what is wrong with it.
func ModeOf(baseURL string) (Mode, error) {
	u, err := url.Parse(baseURL)
	if err != nil {
		return "", errors.New("the WooshPay URL cannot be read")
	}
	site := u.Scheme + "://" + strings.ToLower(u.Host)
	switch {
	case !strings.EqualFold(strings.TrimSuffix(baseURL, "/"), site): // Paths are appended to baseURL.
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

// CheckKey returns nil if the key may be valid for the host, and otherwise an error that says why not. The error contains
// at most one character of the key.
func CheckKey(baseURL, key string) error {
	mode, err := ModeOf(baseURL)
	if err != nil {
		return err
	}
	if err := credential.CheckKey(key); err != nil {
		return err
	}
	switch {
	case strings.HasPrefix(key, credential.TestKey) && mode == LiveMode:
		return fmt.Errorf("the API key is a test key (%s…), the host is the live one: use %s or store the live key", credential.TestKey, TestURL)
	case strings.HasPrefix(key, credential.LiveKey) && mode == TestMode:
		return fmt.Errorf("the API key is a live key (%s…), the host is the test one: use %s or store the test key", credential.LiveKey, LiveURL)
	}
	return nil
}

// Livemode reports whether host and key are those of the live mode: the livemode that their disputes must have. The
// error is that of CheckKey.
func Livemode(baseURL, key string) (bool, error) {
	if err := CheckKey(baseURL, key); err != nil {
		return false, err
	}
	return strings.HasPrefix(key, credential.LiveKey), nil
}
