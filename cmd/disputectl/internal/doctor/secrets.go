package doctor

import (
	"context"
	"errors"
	"log/slog"

	"disputecloser/cmd/disputectl/internal/deployment"
	"disputecloser/shared/secrets"
	"disputecloser/shared/wooshpay"
)

func (p Target) storedKey(ctx context.Context) Finding {
	next := "store it: disputectl secret set api-key --stack " + p.Stack.Name
	key, baseURL, err := p.key(ctx)
	if errors.Is(err, secrets.ErrMissing) {
		return fail(next, "%s", err)
	}
	if err != nil {
		return unseen(err)
	}
	live, err := wooshpay.Livemode(baseURL, key)
	if err != nil {
		return fail(next, "%s", err)
	}
	return ok("stored, of the %s mode, which fits %s", mode(live), baseURL)
}

func mode(live bool) string {
	if live {
		return "live"
	}
	return "test"
}

// signing returns the stored signing secrets, the newest first.
func (p Target) signing(ctx context.Context) ([]string, error) {
	id, err := p.Stack.Output(deployment.SigningSecret)
	if err != nil {
		return nil, err
	}
	return secrets.NewSigning(p.Cloud.Secrets, id, slog.New(slog.DiscardHandler), p.Now).Secrets(ctx)
}

func (p Target) storedSigning(ctx context.Context) Finding {
	stored, err := p.signing(ctx)
	if errors.Is(err, secrets.ErrMissing) {
		return fail("register the endpoint: disputectl webhook create --stack "+p.Stack.Name+
			"; if it is registered, store its secret: disputectl secret set signing --stack "+p.Stack.Name, "%s", err)
	}
	if err != nil {
		return unseen(err)
	}
	if len(stored) > 1 {
		return ok("stored; the one before it still counts")
	}
	return ok("stored")
}
