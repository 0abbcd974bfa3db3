package gateway_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/cmd/disputectl/internal/gateway"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// serve sends one request and returns the answer's status, its body and the event that the function received.
func serve(t *testing.T, r *http.Request, answer events.APIGatewayV2HTTPResponse, failure error) (int, string, *events.APIGatewayV2HTTPRequest) {
	t.Helper()
	var got *events.APIGatewayV2HTTPRequest
	front := gateway.Front{Now: func() time.Time { return noon }, Handler: func(_ context.Context, r events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		got = &r
		return answer, failure
	}}
	w := httptest.NewRecorder()
	front.ServeHTTP(w, r)
	return w.Code, w.Body.String(), got
}

func TestRequestBecomesEvent(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/webhook", strings.NewReader(`{"id":"é"}`))
	r.Header.Set("Wooshpay-Signature", "t=1,v1=ab")
	status, body, got := serve(t, r, events.APIGatewayV2HTTPResponse{StatusCode: 202, Body: "ok"}, nil)
	if status != 202 || body != "ok" {
		t.Errorf("answered %d %q", status, body)
	}
	if got.Body != `{"id":"é"}` || got.IsBase64Encoded || got.Headers["wooshpay-signature"] != "t=1,v1=ab" {
		t.Errorf("the function received %+v", got)
	}
	if got.RouteKey != "POST /webhook" || got.RequestContext.TimeEpoch != noon.UnixMilli() {
		t.Errorf("the function received %+v", got)
	}
}

func TestBytesThatAreNoTextAreEncoded(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/webhook", strings.NewReader("\xff\x00"))
	_, _, got := serve(t, r, events.APIGatewayV2HTTPResponse{StatusCode: 200}, nil)
	if !got.IsBase64Encoded || got.Body != base64.StdEncoding.EncodeToString([]byte("\xff\x00")) {
		t.Errorf("the function received %+v", got)
	}
}

func TestOnlyTheRouteReachesTheFunction(t *testing.T) {
	for _, r := range []*http.Request{
		httptest.NewRequest(http.MethodGet, "/webhook", nil),
		httptest.NewRequest(http.MethodPost, "/other", nil),
	} {
		if status, _, got := serve(t, r, events.APIGatewayV2HTTPResponse{StatusCode: 200}, nil); status != 404 || got != nil {
			t.Errorf("%s %s: %d, %v", r.Method, r.URL, status, got)
		}
	}
}

func TestAFunctionThatFailsIs500(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/webhook", strings.NewReader("{}"))
	if status, _, _ := serve(t, r, events.APIGatewayV2HTTPResponse{}, errors.New("out of memory")); status != 500 {
		t.Errorf("answered %d", status)
	}
}
