package system

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/shared/credential"
	"disputecloser/shared/secrets"
	"disputecloser/shared/wooshpay"
)

// The secrets that secret set can store, by their names on the command line.
const (
	apiKeyWord  = "api-key"
	signingWord = "signing"
)

// maxRead limits what is read of a secret, in bytes: the longest one, and a line break.
const maxRead = credential.MaxBytes + 2

// secretFlags are the flags of secret set.
type secretFlags struct {
	access.Site
	secret string
	asJSON bool
}

func secretSetCommand(env *access.Env) *cobra.Command {
	var s secretFlags
	cmd := &cobra.Command{
		Use:   "set api-key|signing",
		Short: "Store the API key or the signing secret in Secrets Manager",
		Long: `Store WooshPay's secret API key, or the signing secret of the webhook's endpoint, in Secrets
Manager. It is read without echo from the terminal, or from the standard input, and never
printed. It is stored as it stands, without the one line break that ends a file: what cannot
be a secret is refused, such as quotes, spaces or a byte order mark around it, and so are a
key of the other mode than WooshPay's host and a public one (pk_...). What else a secret that
is a JSON object holds is kept.

A new API key is used from a function's next start on, or when WooshPay refuses the old
one; a new signing secret within five minutes, and the one before it for a week more.

Exit codes: 0 fine, 1 refused, 2 usage, 3 could not reach.`,
		Example: `  disputectl secret set api-key --stack dispute-closer-test
  disputectl secret set signing --stack dispute-closer-test <secret.txt
  disputectl secret set api-key --secret NAME --wooshpay ` + wooshpay.LiveURL,
		Args:      onlyASecret,
		ValidArgs: []string{apiKeyWord, signingWord},
		RunE:      cli.RunE(func(cmd *cobra.Command, args []string) error { return runSecretSet(cmd.Context(), env, args[0], s) }),
	}
	access.StackFlag(cmd, &s.Site)
	cmd.Flags().StringVar(&s.secret, "secret", "", "the name or `ARN` of the secret, if no stack names it")
	cmd.Flags().StringVar(&s.WooshpayURL, "wooshpay", "", "WooshPay's `URL`, if no stack names it; the variable WOOSHPAY_URL if empty. The key must fit it")
	cmd.Flags().BoolVar(&s.asJSON, "json", false, "print JSON")
	return cmd
}

func onlyASecret(cmd *cobra.Command, args []string) error {
	if len(args) != 1 || !slices.Contains(cmd.ValidArgs, args[0]) {
		return cli.Fail(cli.Misused, "say api-key or signing: disputectl secret set api-key", "which secret to store is not said")
	}
	return nil
}

func runSecretSet(ctx context.Context, env *access.Env, kind string, s secretFlags) error {
	at, err := env.Locate(ctx, s.Site)
	if err != nil {
		return err
	}
	field, id := secrets.APIKey, at.KeySecret
	if kind == signingWord {
		field, id = secrets.SigningSecret, at.SigningSecret
	}
	if s.secret != "" {
		id = s.secret
	}
	if id == "" || kind == apiKeyWord && at.WooshpayURL == "" {
		return cli.Fail(cli.Misused, "name the --stack, or the --secret, and for an API key --wooshpay, too", "where to store it is not named")
	}
	place, err := placeOf(ctx, env, id, field)
	if err != nil {
		return err
	}
	value, err := typedSecret(ctx, &env.Console, kind)
	if err != nil {
		return err
	}
	if err := checkSecret(field, at.WooshpayURL, value); err != nil {
		return cli.Fail(cli.Found, "nothing was stored; run this again with the right one, as WooshPay shows it and with nothing around it", "%w", err)
	}
	if err := place.Store(ctx, value); err != nil {
		return access.CloudError(err)
	}
	return printStored(&env.Console, stored{Kind: kind, Secret: id, Mode: modeOf(field, at.WooshpayURL, value)}, s.asJSON)
}

// typedSecret reads a secret from the terminal, without echo, or the whole standard input, without its last line break.
func typedSecret(ctx context.Context, console *cli.Console, kind string) (string, error) {
	var typed []byte
	var err error
	if f, isFile := console.Stdin.(*os.File); isFile && cli.IsTerminal(f) {
		screen.Printf(console.Stderr, "%s (it is not shown): ", kind)
		typed, err = unseenLine(ctx, int(f.Fd()))
		screen.Printf(console.Stderr, "\n")
	} else {
		typed, err = io.ReadAll(io.LimitReader(console.Input(), maxRead+1))
	}
	value := secrets.Text(string(typed))
	switch {
	case errors.Is(err, context.Canceled):
		return "", cli.ErrNothingStored
	case err != nil:
		return "", cli.Fail(cli.Misused, "try again, or give it on the standard input", "the secret cannot be read: %w", err)
	case value == "":
		return "", cli.Fail(cli.Misused, "type it, or give it on the standard input: … <file", "there is no secret to store")
	}
	return value, nil
}

// unseenLine reads a line from a terminal without echo, and always restores the echo.
func unseenLine(ctx context.Context, terminal int) ([]byte, error) {
	before, err := term.GetState(terminal)
	if err != nil {
		return nil, err
	}
	type result struct {
		line []byte
		err  error
	}
	read := make(chan result, 1)
	go func() {
		line, err := term.ReadPassword(terminal)
		read <- result{line, err}
	}()
	select {
	case r := <-read:
		return r.line, r.err
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), term.Restore(terminal, before))
	}
}

// checkSecret refuses a value that cannot be the secret. Its error does not contain the value.
func checkSecret(field secrets.Field, baseURL, value string) error {
	if field == secrets.APIKey {
		return wooshpay.CheckKey(baseURL, value)
	}
	return field.Check(value)
}

// modeOf returns the mode of a key that fits its host; nothing for a signing secret, which does not show its mode.
func modeOf(field secrets.Field, baseURL, value string) wooshpay.Mode {
	live, err := wooshpay.Livemode(baseURL, value)
	switch {
	case field != secrets.APIKey || err != nil:
		return ""
	case live:
		return wooshpay.LiveMode
	default:
		return wooshpay.TestMode
	}
}

// stored is the JSON form of a stored secret: everything except the secret.
type stored struct {
	Kind   string        `json:"kind"`
	Secret string        `json:"secret"`
	Mode   wooshpay.Mode `json:"mode,omitempty"`
}

func printStored(console *cli.Console, s stored, asJSON bool) error {
	if asJSON {
		return console.PrintJSON(s)
	}
	what := "the signing secret"
	if s.Kind == apiKeyWord {
		what = "the API key of the " + string(s.Mode) + " mode"
	}
	screen.Printf(console.Stdout, "%s %s is stored in %s.\n", console.Paint().Green("done:"), what, s.Secret)
	return nil
}
