// Invoke runs one function in Lambda's own container image, by `sam local invoke`, on a file of events/. It starts
// what the function calls on this machine: MiniStack with a table and the secrets, and the sandbox as WooshPay.
// A webhook's event is signed afresh, unless it is one that somebody forged.
//
//	invoke FUNCTION EVENT [flags of sam local invoke]
//
// It needs Docker, what `make tools` installs, and what `sam build` built.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

const forged = "forged"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "invoke:", err)
		os.Exit(1)
	}
}

func run(args []string) (err error) {
	if len(args) < 2 {
		return errors.New("usage: invoke FUNCTION EVENT, such as: invoke webhook dispute-created")
	}
	function, event := args[0], args[1]
	s, err := startSurroundings()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	file, err := s.eventFile(function, event)
	if err != nil {
		return err
	}
	template, err := s.localTemplate()
	if err != nil {
		return err
	}
	return s.invoke(function, template, file, args[2:])
}

// eventFile returns the event to send: the file itself, or what was signed of it.
func (s *surroundings) eventFile(function, event string) (string, error) {
	file := filepath.Join("events", event+".json")
	if function != "webhook" || event == forged {
		return file, nil
	}
	cmd := exec.Command("go", "run", "./cmd/disputectl", "sign", file)
	cmd.Env = append(os.Environ(), "WOOSHPAY_SIGNING_SECRET="+signingSecret)
	cmd.Stderr = os.Stderr
	signed, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("sign %s: %w", file, err)
	}
	file = filepath.Join(s.temp, "event.json")
	return file, os.WriteFile(file, signed, 0o600)
}

// invoke shows the function's answer. SAM CLI exits 0 even if the function failed.
func (s *surroundings) invoke(function, template, event string, flags []string) error {
	name := strings.ToUpper(function[:1]) + function[1:]
	cmd := exec.Command(s.sam, append([]string{
		"local", "invoke", name, "--template", template, "--event", event, "--add-host", "localhost:" + s.host,
		"--env-vars", filepath.Join(s.temp, "env.json"), "--parameter-overrides", "Architecture=" + architecture(),
	}, flags...)...)
	cmd.Env = append(s.aws.Env(), "SAM_CLI_TELEMETRY=0")
	cmd.Stderr = os.Stderr
	answer, err := cmd.Output()
	fmt.Println(strings.TrimSpace(string(answer)))
	if err != nil {
		return fmt.Errorf("sam local invoke: %w", err)
	}
	var failure struct {
		ErrorMessage string `json:"errorMessage"`
	}
	if err := json.Unmarshal(lastLine(answer), &failure); err != nil {
		return fmt.Errorf("the function gave no answer: %w", err)
	}
	if failure.ErrorMessage != "" {
		return fmt.Errorf("the function failed: %s", failure.ErrorMessage)
	}
	return nil
}

// lastLine is the answer: above it stand the metrics that the function printed.
func lastLine(out []byte) []byte {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return []byte(lines[len(lines)-1])
}

func architecture() string {
	if runtime.GOARCH == "amd64" {
		return "x86_64"
	}
	return runtime.GOARCH
}
