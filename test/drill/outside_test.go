//go:build parts

package drill

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
)

// The names of the steps that are not DynamoDB's operations.
const (
	answerStep = "answer"
	headStep   = "HEAD"
	getStep    = "GET dispute"
	chargeStep = "GET charge"
	listStep   = "GET list"
	closeStep  = "POST close"
)

// The names of the steps that are.
const (
	loadStep  = "GetItem"
	saveStep  = "UpdateItem"
	claimStep = "TransactWriteItems"
)

// nameOf says what a request asks for.
func nameOf(r *http.Request) string {
	if _, operation, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		return operation
	}
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, "/2018-06-01/runtime/"):
		return answerStep
	case strings.HasSuffix(path, "/close"):
		return closeStep
	case path == "/v1/disputes/list":
		return listStep
	case strings.HasPrefix(path, "/v1/charges/"):
		return chargeStep
	case strings.HasPrefix(path, "/v1/disputes/"):
		return getStep
	}
	return headStep
}

// reply is a whole answer.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (a reply) write(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// askWooshPay has the sandbox execute a call to its end, whatever becomes of the caller.
func (w *world) askWooshPay(r *http.Request) reply {
	recorder := httptest.NewRecorder()
	w.sandbox.ServeHTTP(recorder, r)
	return reply{recorder.Code, recorder.Header(), recorder.Body.Bytes()}
}

// askDynamoDB has DynamoDB Local execute a request to its end, whatever becomes of the caller.
func (w *world) askDynamoDB(r *http.Request, body []byte) (reply, error) {
	to, err := url.Parse(tables.Endpoint)
	if err != nil {
		return reply{}, err
	}
	request := r.Clone(context.WithoutCancel(r.Context()))
	request.URL.Scheme, request.URL.Host, request.RequestURI = to.Scheme, to.Host, ""
	request.Body = io.NopCloser(bytes.NewReader(body))
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	answered, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, answered}, err
}

// serveSecret is the one call of Secrets Manager that the functions make. No secret has a previous version. None is one:
// the sandbox takes every test key.
func (w *world) serveSecret(rw http.ResponseWriter, r *http.Request) {
	var asked struct{ SecretId, VersionStage string } //nolint:revive // the wire's own names
	_ = json.NewDecoder(r.Body).Decode(&asked)
	value, ok := map[string]string{"key": "sk_test_drill", "signing": w.secret}[asked.SecretId]
	rw.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if !ok || asked.VersionStage != "AWSCURRENT" {
		rw.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(rw, `{"__type":"ResourceNotFoundException"}`)
		return
	}
	_ = json.NewEncoder(rw).Encode(map[string]string{"Name": asked.SecretId, "SecretString": value})
}
