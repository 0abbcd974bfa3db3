package deployment

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"disputecloser/shared/policy"
)

// policyFile is where the build puts the compiled policy in the closer's package.
const policyFile = "policy.json"

// maxPolicy bounds the compiled policy in bytes, as the function does.
const maxPolicy = 4 << 20

// Policy reads the compiled policy out of the function's package. Of the package, only the directory at its end and
// that one file are downloaded, where the other side can send parts.
func (f Function) Policy(ctx context.Context, client *http.Client) (policy.Document, error) {
	if f.codeURL == "" {
		return policy.Document{}, errors.New("read the deployed policy: AWS does not say where the function's package is")
	}
	archive, err := openRemote(ctx, client, f.codeURL)
	if err != nil {
		return policy.Document{}, fmt.Errorf("read the deployed policy: %w", err)
	}
	text, err := fileIn(archive, policyFile)
	if err != nil {
		return policy.Document{}, fmt.Errorf("read the deployed policy: %w", err)
	}
	return policy.Decode(text)
}

func fileIn(archive *remote, name string) ([]byte, error) {
	directory, err := zip.NewReader(archive, archive.size)
	if err != nil {
		return nil, fmt.Errorf("the function's package: %w", err)
	}
	file, err := directory.Open(name)
	if err != nil {
		return nil, fmt.Errorf("the function's package: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxPolicy+1))
	if err == nil && len(text) > maxPolicy {
		err = fmt.Errorf("it is larger than %d bytes", maxPolicy)
	}
	if err != nil {
		return nil, fmt.Errorf("%s in the function's package: %w", name, err)
	}
	return text, nil
}
