package main

import (
	"fmt"
	"io"
	"os"

	"disputecloser/shared/policy"
	"disputecloser/shared/wooshpay"
)

// maxPolicy bounds the compiled policy in bytes. A hundred rules have about 30 KB.
const maxPolicy = 4 << 20

// policyFor reads the compiled policy and checks that it was built for the mode of the WooshPay URL. At a loopback address
// there is no WooshPay and no money, so any policy may be tried.
func policyFor(baseURL, path string) (*policy.Policy, error) {
	p, err := loadPolicy(path)
	if err != nil {
		return nil, err
	}
	mode, err := wooshpay.ModeOf(baseURL)
	if err != nil {
		return nil, err
	}
	if environment := p.Environment(); mode != wooshpay.LocalMode && environment != string(mode) {
		return nil, fmt.Errorf("POLICY_FILE %s was built for the environment %q, and WOOSHPAY_URL is the %s mode's: run `make deploy ENV=%s`, which builds and deploys",
			path, environment, mode, mode)
	}
	return p, nil
}

// loadPolicy reads the compiled policy. The error names the file and says what to do.
func loadPolicy(path string) (*policy.Policy, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("POLICY_FILE: %w: run `disputectl policy compile` and ship its output beside the executable", err)
	}
	defer func() { _ = f.Close() }()
	compiled, err := io.ReadAll(io.LimitReader(f, maxPolicy+1))
	if err == nil && len(compiled) > maxPolicy {
		err = fmt.Errorf("it is larger than %d bytes", maxPolicy)
	}
	if err != nil {
		return nil, fmt.Errorf("POLICY_FILE %s: %w", path, err)
	}
	p, err := policy.Load(compiled)
	if err != nil {
		return nil, fmt.Errorf("POLICY_FILE %s: %w", path, err)
	}
	return p, nil
}
