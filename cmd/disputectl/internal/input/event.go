package input

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/gateway"
	"disputecloser/shared/wooshpay"
)

// Event is an event to be signed.
type Event struct {
	// Body holds the exact bytes that are signed.
	Body []byte
	// Around is the API Gateway event that contained the body, or nil.
	Around *events.APIGatewayV2HTTPRequest
}

// EventHint is what to do about a file that holds no event.
const EventHint = "name a file with the body of a webhook, or with an API Gateway event around one"

// ReadEvent reads a webhook's body, or the API Gateway event that contains one.
func ReadEvent(name string, text []byte) (Event, error) {
	var shape struct {
		RequestContext json.RawMessage `json:"requestContext"`
	}
	if err := json.Unmarshal(text, &shape); err != nil {
		return Event{}, cli.Fail(cli.Misused, EventHint, "%s is not an event: %w", name, err)
	}
	if shape.RequestContext == nil {
		return Event{Body: text}, nil
	}
	var around events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(text, &around); err != nil {
		return Event{}, cli.Fail(cli.Misused, EventHint, "%s is not an API Gateway event: %w", name, err)
	}
	body := []byte(around.Body)
	if around.IsBase64Encoded {
		decoded, err := base64.StdEncoding.DecodeString(around.Body)
		if err != nil {
			return Event{}, cli.Fail(cli.Misused, EventHint, "the body in %s is not base64: %w", name, err)
		}
		body = decoded
	}
	return Event{Body: body, Around: &around}, nil
}

// Signed returns the API Gateway event with a signature, as it arrives at an instant.
func (s Event) Signed(header string, at time.Time) events.APIGatewayV2HTTPRequest {
	name := strings.ToLower(wooshpay.SignatureHeader)
	if s.Around == nil {
		return gateway.Request(s.Body, map[string]string{
			"content-type": "application/json", "host": "localhost", name: header,
		}, at)
	}
	event := *s.Around
	event.Headers = maps.Clone(event.Headers)
	maps.DeleteFunc(event.Headers, func(given, _ string) bool { return strings.EqualFold(given, name) })
	if event.Headers == nil {
		event.Headers = map[string]string{}
	}
	event.Headers[name] = header
	gateway.Stamp(&event, at)
	return event
}
