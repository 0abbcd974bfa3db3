package main

import (
	"fmt"
	"io"
	"os"

	"disputecloser/shared/policy"
)

// maxPolicy bounds the compiled policy in bytes. A hundred rules have about 30 KB.
const maxPolicy = 4 << 20

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
