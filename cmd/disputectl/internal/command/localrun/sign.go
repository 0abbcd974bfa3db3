package localrun

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/input"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/shared/dispute"
	"disputecloser/shared/wooshpay"
)

// The forms in which sign prints what it signed.
const (
	asGateway = "apigateway"
	asCurl    = "curl"
	asBody    = "body"
)

// signFlags are the flags of sign.
type signFlags struct {
	secretEnv, secretFile, at, as string
}

// Sign returns `disputectl sign`.
func Sign(console *cli.Console) *cobra.Command {
	var s signFlags
	cmd := &cobra.Command{
		Use:     "sign FILE",
		Short:   "Sign an event as WooshPay would",
		GroupID: Group,
		Long: `Sign the event in FILE as WooshPay would, now or at --at. FILE holds the body of a webhook,
or an API Gateway event around one as in events/; - is the standard input. What is not an
event, such as a dispute, is refused: the webhook would answer 400.

--as apigateway  prints the event that the webhook function receives (the default)
--as curl        prints the header for curl, which must send the very same body
--as body        prints the body of an API Gateway event, for curl to send

The secret is read from the environment or a file and never printed.`,
		Example: `  ` + input.SigningSecretVariable + `=whsec_... disputectl sign events/dispute-created.json
  disputectl sign event.json --secret-file secret.txt --as curl
  curl -H "$(disputectl sign event.json --as curl)" --data-binary @event.json URL`,
		Args: cobra.ExactArgs(1),
		RunE: cli.RunE(func(_ *cobra.Command, args []string) error { return runSign(console, args[0], s) }),
	}
	cmd.Flags().StringVar(&s.secretEnv, "secret-env", input.SigningSecretVariable, "the environment `VARIABLE` that holds the signing secret")
	cmd.Flags().StringVar(&s.secretFile, "secret-file", "", "the `FILE` that holds the signing secret, in place of the environment")
	cmd.Flags().StringVar(&s.at, "at", "", "sign as of this `TIME`, such as 2026-03-02T12:00:00Z; now if empty")
	cmd.Flags().StringVar(&s.as, "as", asGateway, "the `FORM` to print: apigateway, curl or body")
	return cmd
}

func runSign(console *cli.Console, name string, s signFlags) error {
	if forms := []string{asGateway, asCurl, asBody}; !slices.Contains(forms, s.as) {
		return cli.Fail(cli.Misused, "use one of "+strings.Join(forms, ", "), "--as %q is not a form", s.as)
	}
	data, err := console.ReadBytes(name)
	if err != nil {
		return err
	}
	text, err := cli.WithoutBOM(name, data)
	if err != nil {
		return err
	}
	event, err := input.ReadEvent(name, text)
	if err != nil {
		return err
	}
	if s.as == asCurl && event.Around == nil && len(text) < len(data) {
		return cli.Fail(cli.Misused, "write it without one, by `disputectl sign "+name+" --as body > FILE`, and sign that",
			"%s begins with a byte order mark, which curl would send, too", name)
	}
	if _, err := dispute.ParseEvent(event.Body); err != nil {
		return cli.Fail(cli.Misused, input.EventHint, "%s holds no event, which is all that WooshPay signs: %w", name, err)
	}
	if s.as == asBody {
		_, err := console.Data().Write(event.Body)
		return err
	}
	at, err := console.Instant(s.at)
	if err != nil {
		return err
	}
	secret, err := input.SigningSecret(console, s.secretEnv, s.secretFile, "name a file with --secret-file")
	if err != nil {
		return err
	}
	header := wooshpay.Sign(secret, at, event.Body)
	if s.as == asCurl {
		screen.Printf(console.Stdout, "%s: %s\n", wooshpay.SignatureHeader, header)
		return nil
	}
	return console.PrintJSON(event.Signed(header, at))
}
