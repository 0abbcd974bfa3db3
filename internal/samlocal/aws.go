package samlocal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// maxCall is the size in bytes above which a call is refused. DynamoDB takes 4 MB in one transaction.
const maxCall = 5 << 20

// services are those that are served, as MiniStack and signatures name them; monitoring is CloudWatch. MiniStack has many more,
// and some run code.
var services = []string{"dynamodb", "secretsmanager", "sns", "monitoring"}

// front passes the calls of the services on to MiniStack. It signs them anew: SAM gives a function the credentials and the
// region of its user, whatever they are, and MiniStack knows neither.
type front struct {
	cloud aws.Config // MiniStack's
}

func (f front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	service := serviceOf(r)
	if !slices.Contains(services, service) {
		http.Error(w, "only signed calls are served, of "+strings.Join(services, ", "), http.StatusForbidden)
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

// scope is the part of a signature that names its day, region and service.
var scope = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=[^/,]+/[0-9]{8}/[a-z0-9-]+/([a-z0-9-]+)/aws4_request,`)

// serviceOf returns the service that a call is signed for.
func serviceOf(r *http.Request) string {
	if found := scope.FindStringSubmatch(r.Header.Get("Authorization")); found != nil {
		return found[1]
	}
	return ""
}

func (f front) call(r *http.Request, service string, from io.Reader) (*http.Response, error) {
	body, err := io.ReadAll(from)
	if err != nil {
		return nil, fmt.Errorf("read the call: %w", err)
	}
	req, err := http.NewRequestWithContext(r.Context(), r.Method, *f.cloud.BaseEndpoint+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("pass the call on: %w", err)
	}
	for _, name := range []string{"Content-Type", "X-Amz-Target", "Smithy-Protocol", "Accept"} {
		if value := r.Header.Get(name); value != "" {
			req.Header.Set(name, value)
		}
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
