// Package payload reads requests that API Gateway delivers in its payload format 2.0.
package payload

import (
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/aws/aws-lambda-go/events"
)

// ErrTooLarge means that the body is larger than allowed; it was not decoded.
var ErrTooLarge = errors.New("the body is too large")

// Body returns the exact bytes that were sent, at most limit of them. A larger body is ErrTooLarge.
func Body(req events.APIGatewayV2HTTPRequest, limit int) ([]byte, error) {
	tooLarge := fmt.Errorf("%w: it has more than %d bytes", ErrTooLarge, limit)
	if !req.IsBase64Encoded {
		if len(req.Body) > limit {
			return nil, tooLarge
		}
		return []byte(req.Body), nil
	}
	if len(req.Body) > base64.StdEncoding.EncodedLen(limit) {
		return nil, tooLarge
	}
	body, err := base64.StdEncoding.DecodeString(req.Body)
	switch {
	case err != nil:
		return nil, fmt.Errorf("decode the body: %w", err)
	case len(body) > limit:
		return nil, tooLarge
	}
	return body, nil
}
