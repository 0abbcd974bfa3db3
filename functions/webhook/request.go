package webhook

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/shared/wooshpay"
)

var errNoSecrets = errors.New("the signing secrets cannot be read")

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
