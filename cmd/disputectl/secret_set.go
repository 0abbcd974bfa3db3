package main

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/shared/credential"
	"disputecloser/shared/secrets"
	"disputecloser/shared/wooshpay"
)

// What secret set can store, as the command line names it.
const (
	apiKeyWord  = "api-key"
	signingWord = "signing"
)

// maxRead bounds in bytes what is read of a secret: the longest one, and a line break.
const maxRead = credential.MaxBytes + 2

// storing is what the flags of secret set say.
type storing struct {
	site
	secret string
	asJSON bool
}

func (a *app) secretSetCommand() *cobra.Command {
	var s storing
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
		RunE:      act(func(cmd *cobra.Command, args []string) error { return a.setSecret(cmd.Context(), args[0], s) }),
	}
	stackFlag(cmd, &s.site)
	cmd.Flags().StringVar(&s.secret, "secret", "", "the name or `ARN` of the secret, if no stack names it")
	cmd.Flags().StringVar(&s.wooshpayURL, "wooshpay", "", "WooshPay's `URL`, if no stack names it; the variable WOOSHPAY_URL if empty. The key must fit it")
	cmd.Flags().BoolVar(&s.asJSON, "json", false, "print JSON")
	return cmd
}

func onlyASecret(cmd *cobra.Command, args []string) error {
	if len(args) != 1 || !slices.Contains(cmd.ValidArgs, args[0]) {
		return fail(misused, "say api-key or signing: disputectl secret set api-key", "which secret to store is not said")
	}
	return nil
}

func (a *app) setSecret(ctx context.Context, kind string, s storing) error {
	at, err := a.located(ctx, s.site)
	if err != nil {
		return err
	}
	field, id := secrets.APIKey, at.keySecret
	if kind == signingWord {
		field, id = secrets.SigningSecret, at.signingSecret
	}
	if s.secret != "" {
		id = s.secret
	}
	if id == "" || kind == apiKeyWord && at.wooshpayURL == "" {
		return fail(misused, "name the --stack, or the --secret, and for an API key --wooshpay, too", "where to store it is not named")
	}
	place, err := a.placeOf(ctx, id, field)
	if err != nil {
		return err
	}
	value, err := a.typedSecret(ctx, kind)
	if err != nil {
		return err
	}
	if err := checkSecret(field, at.wooshpayURL, value); err != nil {
		return fail(found, "nothing was stored; run this again with the right one, as WooshPay shows it and with nothing around it", "%w", err)
	}
	if err := place.Store(ctx, value); err != nil {
		return cloudError(err)
	}
	return a.tellStored(stored{Kind: kind, Secret: id, Mode: modeOf(field, at.wooshpayURL, value)}, s.asJSON)
}

// typedSecret reads a secret without echo from the terminal, or the standard input as a whole, less the line break at its
// end.
func (a *app) typedSecret(ctx context.Context, kind string) (string, error) {
	var typed []byte
	var err error
	if f, isFile := a.stdin.(*os.File); isFile && isTerminal(f) {
		screen.Printf(a.stderr, "%s (it is not shown): ", kind)
		typed, err = unseenLine(ctx, int(f.Fd()))
		screen.Printf(a.stderr, "\n")
	} else {
		typed, err = io.ReadAll(io.LimitReader(a.input(), maxRead+1))
	}
	value := secrets.Text(string(typed))
	switch {
	case errors.Is(err, context.Canceled):
		return "", errNothingStored
	case err != nil:
		return "", fail(misused, "try again, or give it on the standard input", "the secret cannot be read: %w", err)
	case value == "":
		return "", fail(misused, "type it, or give it on the standard input: … <file", "there is no secret to store")
	}
	return value, nil
}

// unseenLine reads a line from a terminal without echo. However it ends, the terminal echoes again.
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

// checkSecret refuses what cannot be right. Its error does not contain the value.
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

// stored is what is told of a secret: everything but the secret.
type stored struct {
	Kind   string        `json:"kind"`
	Secret string        `json:"secret"`
	Mode   wooshpay.Mode `json:"mode,omitempty"`
}

func (a *app) tellStored(s stored, asJSON bool) error {
	if asJSON {
		return a.printJSON(s)
	}
	what := "the signing secret"
	if s.Kind == apiKeyWord {
		what = "the API key of the " + string(s.Mode) + " mode"
	}
	screen.Printf(a.stdout, "%s %s is stored in %s.\n", a.paint().green("done:"), what, s.Secret)
	return nil
}
