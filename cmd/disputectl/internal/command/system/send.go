package system

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/delivery"
	"disputecloser/cmd/disputectl/internal/input"
	"disputecloser/cmd/disputectl/internal/rules/money"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/secrets"
	"disputecloser/shared/wooshpay"
)

// sendFlags are the flags of send.
type sendFlags struct {
	access.Site
	kind, dispute string
	about         cli.Money
	live, asJSON  bool
}

// Send returns `disputectl send`.
func Send(env *access.Env) *cobra.Command {
	s := sendFlags{about: cli.Money{Amount: 1000, Currency: "usd"}}
	cmd := &cobra.Command{
		Use:     "send",
		Short:   "Send a signed test event to a webhook",
		GroupID: Group,
		Long: `Send a test event to a deployed or local webhook, signed as WooshPay signs, and check
its answer.

  created, updated, closed   news of a dispute: 200
  duplicate                  one event of kind created, twice: 200 and 200
  forged                     signed with a secret that nobody has: 401
  other                      not about a dispute, so it is ignored: 200

created, updated, closed and duplicate leave a case in the table, which nobody may delete. The
closer then asks WooshPay for that dispute, and decides on what WooshPay says, never on the
event. A dispute that WooshPay does not know cannot be closed: after ` + view.Length(closing.DefaultTerms().Unknown) + ` its case ends by
itself as missing, and a person is told once. There is nothing to clean up.

The secret is the stack's, that of --signing-secret, or the variable ` + input.SigningSecretVariable + `.

Exit codes: 0 as expected, 1 another answer, or no signing secret is stored, 2 usage,
3 could not reach.`,
		Example: `  disputectl send --kind other --stack dispute-closer-test
  disputectl send --kind created --dispute dp_1 --amount "12.00 usd" --stack dispute-closer-test
  ` + input.SigningSecretVariable + `=whsec_... disputectl send --kind forged --url http://127.0.0.1:4840/webhook`,
		Args: cobra.NoArgs,
		RunE: cli.RunE(func(cmd *cobra.Command, _ []string) error { return runSend(cmd.Context(), env, s) }),
	}
	access.StackFlag(cmd, &s.Site)
	access.WebhookFlags(cmd, &s.Site)
	cmd.Flags().StringVar(&s.kind, "kind", "", "the `KIND` of event: "+strings.Join(kinds(), ", "))
	cmd.Flags().StringVar(&s.dispute, "dispute", delivery.SentDispute, "the dispute's `ID`")
	cmd.Flags().Var(&s.about, "amount", "what the dispute is about, as `MONEY`: \"12.00 usd\" or, in minor units, usd=1200")
	cmd.Flags().BoolVar(&s.live, "yes-live", false, "send an event of the live mode")
	cmd.Flags().BoolVar(&s.asJSON, "json", false, "print JSON")
	_ = cmd.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(kinds(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func kinds() []string {
	var words []string
	for _, kind := range delivery.Kinds() {
		words = append(words, string(kind))
	}
	return words
}

func runSend(ctx context.Context, env *access.Env, s sendFlags) error {
	if !slices.Contains(kinds(), s.kind) {
		return cli.Fail(cli.Misused, cli.Choose(s.kind, kinds()), "--kind %q is not a kind of event", s.kind)
	}
	at, err := env.Locate(ctx, s.Site)
	if err != nil {
		return err
	}
	if at.WebhookURL == "" {
		return cli.Fail(cli.Misused, "name the --stack or the --url", "where to send the event is not named")
	}
	mode, _ := wooshpay.ModeOf(at.WooshpayURL)
	if at.Stack != "" && mode == wooshpay.LiveMode && !s.live {
		return cli.Fail(cli.Misused, "say --yes-live if you mean that one", "stack %s is live", at.Stack)
	}
	secret, err := secretOf(ctx, env, at, delivery.Kind(s.kind))
	if err != nil {
		return err
	}
	now := env.Now()
	event := delivery.New(delivery.Kind(s.kind), delivery.Subject{
		Dispute: dispute.ID(s.dispute), Amount: s.about.Amount, Currency: s.about.Currency, Livemode: s.live, At: now,
	})
	told := sent{
		Kind: s.kind, URL: at.WebhookURL, Event: event.ID, Type: event.Type, Want: event.Want, Amount: s.about.Amount, Currency: s.about.Currency,
	}
	for range event.Times {
		answer, err := delivery.Send(ctx, env.HTTP, at.WebhookURL, event.Body, event.Signature(secret, now))
		switch {
		case ctx.Err() != nil:
			return cli.Fail(cli.Interrupted, "", "interrupted: whether the event arrived is not known")
		case err != nil:
			return cli.Fail(cli.Unreachable, "check --url and the network", "%w", err)
		}
		told.Answers = append(told.Answers, answered{Status: answer.Status, Ms: answer.Took.Milliseconds()})
	}
	if event.LeavesCase && slices.ContainsFunc(told.Answers, func(got answered) bool { return got.Status == http.StatusOK }) {
		told.Case = s.dispute
	}
	return printSent(&env.Console, told, s.asJSON)
}

// secretOf returns the secret to sign with. A forged event needs none.
func secretOf(ctx context.Context, env *access.Env, s access.Site, kind delivery.Kind) (string, error) {
	if kind == delivery.Forged {
		return "", nil
	}
	if s.SigningSecret == "" {
		return input.SigningSecret(&env.Console, input.SigningSecretVariable, "", "name the --stack or the --signing-secret")
	}
	cloud, err := env.Cloud(ctx)
	if err != nil {
		return "", err
	}
	stored, err := secrets.NewSigning(cloud.Secrets, s.SigningSecret, slog.New(slog.DiscardHandler), env.Now).Secrets(ctx)
	if errors.Is(err, secrets.ErrMissing) {
		return "", cli.Fail(cli.Found, "register the endpoint: "+s.Command("webhook create"), "%w", err)
	}
	if err != nil {
		return "", access.CloudError(err)
	}
	return stored[0], nil
}

// sent is the JSON form of an event that was sent.
type sent struct {
	Kind  string `json:"kind"`
	URL   string `json:"url"`
	Event string `json:"event"`
	Type  string `json:"type"`
	Want  int    `json:"want"`
	// Amount is what the event says of the dispute, in the currency's minor unit.
	Amount   int64      `json:"amount"`
	Currency string     `json:"currency"`
	Answers  []answered `json:"answers"`
	// Case is the dispute of the case that this leaves in the table; empty if it leaves none.
	Case string `json:"case,omitempty"`
	OK   bool   `json:"ok"`
}

type answered struct {
	Status int   `json:"status"`
	Ms     int64 `json:"ms"`
}

func printSent(console *cli.Console, s sent, asJSON bool) error {
	s.OK = !slices.ContainsFunc(s.Answers, func(got answered) bool { return got.Status != s.Want })
	if asJSON {
		if err := console.PrintJSON(s); err != nil {
			return err
		}
	} else {
		paint := console.Paint()
		for _, got := range s.Answers {
			verdict := paint.Green("as expected")
			if got.Status != s.Want {
				verdict = paint.Red(fmt.Sprintf("expected %d: %s", s.Want, meaning(got.Status)))
			}
			screen.Printf(console.Stdout, "%s  %s  answered %d in %d ms, %s\n", s.Event, s.Type, got.Status, got.Ms, verdict)
		}
		if s.Case != "" {
			screen.Printf(console.Stdout, "This leaves the case %s, about %s. If WooshPay does not know that dispute, nothing is closed: after %s the case ends as %s, and a person is told once.\n",
				s.Case, money.Understood(s.Amount, s.Currency), view.Length(closing.DefaultTerms().Unknown), closing.Missing)
		}
	}
	if !s.OK {
		return cli.ErrFound
	}
	return nil
}

// meaning says what a webhook's answer means (functions/webhook).
func meaning(status int) string {
	switch status {
	case 200:
		return "it was accepted, though nobody signed it"
	case 400:
		return "the event is of the other mode, or of a form it does not know"
	case 401:
		return "it does not take this secret; a new one counts within five minutes"
	case 404:
		return "there is no webhook at this address"
	case 503:
		return "it cannot read its secret or the table; see its log"
	default:
		return "see the webhook's log"
	}
}
