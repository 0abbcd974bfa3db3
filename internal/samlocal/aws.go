package samlocal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// maxCall is the size in bytes above which a call is refused. DynamoDB takes 4 MB in one transaction.
const maxCall = 5 << 20

// services maps what begins X-Amz-Target to the service that it means. MiniStack serves many more, and some of them run code.
var services = map[string]string{"DynamoDB_20120810.": "dynamodb", "secretsmanager.": "secretsmanager"}

// front passes the calls of two services on to MiniStack. It signs them anew: SAM gives a function the credentials and the
// region of its user, whatever they are, and MiniStack knows neither.
type front struct {
	cloud aws.Config // MiniStack's
}

func (f front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	service := serviceOf(r)
	if service == "" || r.Method != http.MethodPost {
		http.Error(w, "only calls of DynamoDB and Secrets Manager are served", http.StatusForbidden)
		return
	}
	answer, err := f.call(r, service, http.MaxBytesReader(w, r.Body, maxCall))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer func() { _ = answer.Body.Close() }()
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(w, answer.Body) // a client that has gone needs no answer
}

func serviceOf(r *http.Request) string {
	for target, service := range services {
		if strings.HasPrefix(r.Header.Get("X-Amz-Target"), target) {
			return service
		}
	}
	return ""
}

func (f front) call(r *http.Request, service string, from io.Reader) (*http.Response, error) {
	body, err := io.ReadAll(from)
	if err != nil {
		return nil, fmt.Errorf("read the call: %w", err)
	}
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, *f.cloud.BaseEndpoint+"/", bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("pass the call on: %w", err)
	}
	for _, name := range []string{"Content-Type", "X-Amz-Target"} {
		req.Header.Set(name, r.Header.Get(name))
	}
	who, err := f.cloud.Credentials.Retrieve(r.Context())
	if err != nil {
		return nil, fmt.Errorf("sign the call: %w", err)
	}
	hash := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(r.Context(), who, req, hex.EncodeToString(hash[:]), service, f.cloud.Region, time.Now()); err != nil {
		return nil, fmt.Errorf("sign the call: %w", err)
	}
	return f.cloud.HTTPClient.Do(req)
}
