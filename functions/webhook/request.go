package webhook

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/shared/wooshpay"
)

var (
	errTooLarge  = fmt.Errorf("the body is larger than %d bytes", MaxBody)
	errNoSecrets = errors.New("the signing secrets cannot be read")
)

// bodyOf returns the exact bytes that were sent. A body that is too large is not decoded.
func bodyOf(req events.APIGatewayV2HTTPRequest) ([]byte, error) {
	if !req.IsBase64Encoded {
		if len(req.Body) > MaxBody {
			return nil, errTooLarge
		}
		return []byte(req.Body), nil
	}
	if len(req.Body) > base64.StdEncoding.EncodedLen(MaxBody) {
		return nil, errTooLarge
	}
	body, err := base64.StdEncoding.DecodeString(req.Body)
	switch {
	case err != nil:
		return nil, fmt.Errorf("decode the body: %w", err)
	case len(body) > MaxBody:
		return nil, errTooLarge
	}
	return body, nil
}

// signatureOf returns the signature header. An HTTP API of API Gateway writes names in lower case; other servers keep them.
func signatureOf(req events.APIGatewayV2HTTPRequest) string {
	if value, ok := req.Headers[strings.ToLower(wooshpay.SignatureHeader)]; ok {
		return value
	}
	for name, value := range req.Headers {
		if strings.EqualFold(name, wooshpay.SignatureHeader) {
			return value
		}
	}
	return ""
}

// verify returns nil if WooshPay signed the body. If the signature matches no secret and the secrets were just rotated, it
// tries once more with the new ones.
func (h *Handler) verify(ctx context.Context, header string, body []byte) error {
	secrets, err := h.Secrets.Secrets(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", errNoSecrets, err)
	}
	err = h.signedBy(secrets, header, body)
	if !errors.Is(err, wooshpay.ErrMismatch) {
		return err
	}
	if secrets, changed := h.Secrets.Renewed(ctx); changed {
		return h.signedBy(secrets, header, body)
	}
	return err
}

func (h *Handler) signedBy(secrets []string, header string, body []byte) error {
	return wooshpay.Verify(header, body, secrets, h.Learner.Now(), h.MaxAge, MaxLead)
}
