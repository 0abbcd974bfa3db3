package input

import (
	"strings"

	"disputecloser/cmd/disputectl/internal/cli"
)

// SigningSecretVariable is the environment variable that holds the signing secret unless --secret-env names another.
const SigningSecretVariable = "WOOSHPAY_SIGNING_SECRET"

// SigningSecret reads the secret from a file or an environment variable. Line breaks around it come from editors and
// are removed. The error for a missing secret names the alternative that the command offers.
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
