//go:build parts

package stack

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"disputecloser/internal/localaws"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// raw makes one signed call of a service for which a whole client module would serve a single call.
func (s *stack) raw(ctx context.Context, service, path string, header map[string]string, body string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.aws.Endpoint+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	who, err := s.aws.Config().Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256([]byte(body))
	err = v4.NewSigner().SignHTTP(ctx, who, req, hex.EncodeToString(hash[:]), service, localaws.Region, time.Now())
	if err != nil {
		return nil, err
	}
	return answerOf(req)
}

func answerOf(req *http.Request) ([]byte, error) {
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	if res.StatusCode/100 != 2 {
		return nil, fmt.Errorf("%s %s: %s: %s", req.Method, req.URL.Path, res.Status, bytes.TrimSpace(answer))
	}
	return answer, nil
}
