package main

import (
	"context"
	"strings"

	"disputecloser/shared/credential"
	"disputecloser/shared/secrets"
	"disputecloser/shared/wooshpay"
)

// keyVariable is the environment variable that holds the API key where no secret is named.
const keyVariable = "WOOSHPAY_API_KEY"

// keySource returns where the API key is: in the secret that is named here or by API_KEY_SECRET, or in the environment.
// A key in place of its secret's name is sent nowhere and not repeated.
func (a *app) keySource(ctx context.Context, secret string) (wooshpay.KeySource, error) {
	if secret == "" {
		secret = a.getenv("API_KEY_SECRET")
	}
	key := strings.TrimSpace(a.getenv(keyVariable))
	switch {
	case credential.In(secret) != credential.None:
		return nil, fail(misused, "store the key in Secrets Manager, and name the secret", "API_KEY_SECRET holds a key itself, not the name of its secret")
	case secret != "":
		cloud, err := a.cloud(ctx)
		if err != nil {
			return nil, err
		}
		return secrets.NewKey(cloud.Secrets, secret), nil
	case key != "":
		return wooshpay.FixedKey(key), nil
	}
	return nil, fail(misused, "name the --stack, or --api-key-secret, or set "+keyVariable, "there is no API key")
}
