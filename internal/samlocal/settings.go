// Package samlocal is what the functions call when `sam local` runs them on this machine: MiniStack with the table and the
// secrets, and the sandbox as WooshPay, filled so that each event of events/ has something to do. All of it is made up.
//
// env.json is what both sides read: SAM gives it to the functions, and this package serves what it names.
package samlocal

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"disputecloser/internal/localaws"
)

// What the secrets hold. They open nothing but the sandbox.
const (
	APIKey        = "sk_test_local"
	SigningSecret = "whsec_local"
)

// Settings are the variables that env.json gives to each function.
type Settings struct {
	AWSEndpoint   string `json:"AWS_ENDPOINT_URL"`
	WooshPayURL   string `json:"WOOSHPAY_URL"`
	Table         string `json:"TABLE"`
	TableMark     string `json:"TABLE_MARK"`
	APIKeySecret  string `json:"API_KEY_SECRET"`
	SigningSecret string `json:"SIGNING_SECRET"`
	AlarmTopic    string `json:"ALARM_TOPIC"`
}

// ReadSettings reads the module's env.json.
func ReadSettings() (Settings, error) {
	root, err := localaws.ModuleRoot()
	if err != nil {
		return Settings{}, err
	}
	text, err := os.ReadFile(filepath.Join(root, "env.json"))
	if err != nil {
		return Settings{}, err
	}
	s, err := parseSettings(text)
	if err != nil {
		return Settings{}, fmt.Errorf("env.json: %w", err)
	}
	return s, nil
}

func parseSettings(text []byte) (Settings, error) {
	var file struct {
		Parameters Settings
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return Settings{}, err
	}
	s := file.Parameters
	var faults []error
	for name, value := range map[string]string{
		"TABLE": s.Table, "TABLE_MARK": s.TableMark, "API_KEY_SECRET": s.APIKeySecret, "SIGNING_SECRET": s.SigningSecret,
		"ALARM_TOPIC": s.AlarmTopic,
	} {
		if value == "" {
			faults = append(faults, fmt.Errorf("%s is missing below Parameters", name))
		}
	}
	for name, value := range map[string]string{"AWS_ENDPOINT_URL": s.AWSEndpoint, "WOOSHPAY_URL": s.WooshPayURL} {
		if portOf(value) == "" {
			faults = append(faults, fmt.Errorf("%s is %q: it must be http://localhost and a port, which is where a container finds this machine", name, value))
		}
	}
	return s, errors.Join(faults...)
}

// portOf returns the port of an address at localhost, or nothing.
func portOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || u.Hostname() != "localhost" {
		return ""
	}
	return u.Port()
}
