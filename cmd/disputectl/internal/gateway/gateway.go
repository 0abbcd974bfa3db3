// Package gateway stands in for API Gateway's HTTP API: it turns requests into the events that the webhook
// and the operate function receive, and their answers into HTTP.
package gateway

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

// Path is where the template's API takes webhooks.
const Path = "/webhook"

// maxBody is API Gateway's limit of a request's body in bytes.
const maxBody = 10 << 20

// Handler is the function behind the API.
type Handler func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)

// Front serves a function over HTTP.
type Front struct {
	Handler Handler
	Now     func() time.Time
}

// ServeHTTP answers as API Gateway does: 404 for any other route, 413 for too large a body, 500 for a function that
// failed, and otherwise what the function answers.
func (f Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.URL.Path != Path {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	headers := map[string]string{"host": r.Host}
	for name, values := range r.Header {
		headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	reply(w, r, f.Handler, Request(body, headers, f.Now()))
}

// reply answers what the function answers to an event, and 500 if it failed.
func reply(w http.ResponseWriter, r *http.Request, function Handler, event events.APIGatewayV2HTTPRequest) {
	answer, err := function(r.Context(), event)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	for name, value := range answer.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = io.WriteString(w, answer.Body)
}

// Signed serves the operate function. Whoever uses it has made sure who the caller is, as AWS does by a signature.
type Signed struct {
	Handler Handler
	// Who is whom the function takes the caller for.
	Who string
	// Below is what the paths of the function's own routes follow.
	Below string
}

// ServeHTTP answers as API Gateway does on a route with AWS_IAM.
func (s Signed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	event := events.APIGatewayV2HTTPRequest{RouteKey: r.Method + " " + strings.TrimPrefix(r.URL.Path, s.Below), Body: string(body)}
	event.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
		IAM: &events.APIGatewayV2HTTPRequestContextAuthorizerIAMDescription{UserARN: s.Who},
	}
	reply(w, r, s.Handler, event)
}

// Request is the event of a POST with this body and these headers, whose names are in lower case. A body that is no
// text is encoded in base64, as API Gateway does.
func Request(body []byte, headers map[string]string, at time.Time) events.APIGatewayV2HTTPRequest {
	const routeKey = http.MethodPost + " " + Path
	r := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: routeKey, RawPath: Path, Headers: headers,
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RouteKey: routeKey, Stage: "$default", DomainName: headers["host"],
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
				Method: http.MethodPost, Path: Path, Protocol: "HTTP/1.1", SourceIP: "127.0.0.1", UserAgent: headers["user-agent"],
			},
		},
	}
	Stamp(&r, at)
	headers["content-length"] = strconv.Itoa(len(body))
	r.Body = string(body)
	if !utf8.Valid(body) {
		r.Body, r.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	return r
}

// Stamp sets when the request arrived.
func Stamp(r *events.APIGatewayV2HTTPRequest, at time.Time) {
	r.RequestContext.Time = at.UTC().Format("02/Jan/2006:15:04:05 -0700")
	r.RequestContext.TimeEpoch = at.UnixMilli()
}
