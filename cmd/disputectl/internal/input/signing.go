package input

import (
	"strings"

	"disputecloser/cmd/disputectl/internal/cli"
)

// SigningSecretVariable is the environment variable that holds the signing secret unless --secret-env names another.
const SigningSecretVariable = "WOOSHPAY_SIGNING_SECRET"

// SigningSecret reads the secret. Line ends around it come from editors and are no part of it. What else the command
// offers in place of the environment is for who has no secret there.
func SigningSecret(console *cli.Console, variable, file, otherwise string) (string, error) {
	secret := console.Getenv(variable)
	if file != "" {
		text, err := console.ReadBytes(file)
		if err != nil {
			return "", err
		}
		secret = string(text)
	}
	if secret = strings.Trim(secret, "\r\n"); secret == "" {
		return "", cli.Fail(cli.Misused, "set "+variable+", or "+otherwise, "there is no signing secret")
	}
	return secret, nil
}
