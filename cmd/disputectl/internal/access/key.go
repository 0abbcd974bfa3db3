package access

import (
	"context"
	"strings"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/shared/credential"
	"disputecloser/shared/secrets"
	"disputecloser/shared/wooshpay"
)

// KeyVariable is the environment variable that holds the API key if no secret is named.
const KeyVariable = "WOOSHPAY_API_KEY"

// keySource returns where the API key is: in the named secret, in that of API_KEY_SECRET, or in the environment. A key
// in place of its secret's name is neither sent anywhere nor printed.
func (e *Env) keySource(ctx context.Context, secret string) (wooshpay.KeySource, error) {
	if secret == "" {
		secret = e.Getenv("API_KEY_SECRET")
	}
	key := strings.TrimSpace(e.Getenv(KeyVariable))
	switch {
	case credential.In(secret) != credential.None:
		return nil, cli.Fail(cli.Misused, "store the key in Secrets Manager, and name the secret", "API_KEY_SECRET holds a key itself, not the name of its secret")
	case secret != "":
		cloud, err := e.Cloud(ctx)
		if err != nil {
			return nil, err
		}
		return secrets.NewKey(cloud.Secrets, secret), nil
	case key != "":
		return wooshpay.FixedKey(key), nil
	}
	return nil, cli.Fail(cli.Misused, "name the --stack, or --api-key-secret, or set "+KeyVariable, "there is no API key")
}
