package system

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/delivery"
	"disputecloser/cmd/disputectl/internal/deployment"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/shared/fault"
	"disputecloser/shared/secrets"
	"disputecloser/shared/wooshpay"
)

const (
	endpointDescription = "Dispute Closer"
	// createTimeout limits registering the endpoint and storing its secret, which are not interrupted.
	createTimeout = time.Minute
	storeTries    = 3
)

func webhookCreateCommand(env *access.Env) *cobra.Command {
	var s access.Site
	var force, asJSON bool
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Register the webhook at WooshPay and store its secret",
		Long: `Register the webhook at WooshPay for every event about disputes, and store the endpoint's
signing secret, which WooshPay shows only once, in Secrets Manager, before anything else. It
is never printed. If it cannot be stored, it is kept in a file that only you can read. The
secret stored before stays valid for a week.

An address that is registered already is refused: two endpoints bring every event twice.

Exit codes: 0 fine, 1 refused, 2 usage, 3 could not reach.`,
		Example: `  disputectl webhook create --stack dispute-closer-test
  disputectl webhook create --stack dispute-closer-live --url https://hooks.example.com/webhook
  disputectl webhook create --url https://hooks.example.com/webhook --signing-secret NAME --api-key-secret NAME`,
		Args: cobra.NoArgs,
		RunE: cli.RunE(func(cmd *cobra.Command, _ []string) error {
			return runWebhookCreate(cmd.Context(), env, s, force, asJSON)
		}),
	}
	access.StackFlag(cmd, &s)
	access.WebhookFlags(cmd, &s)
	access.ProviderFlags(cmd, &s)
	cmd.Flags().BoolVar(&force, "force", false, "register it although the address is registered already, or that cannot be known")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func runWebhookCreate(ctx context.Context, env *access.Env, s access.Site, force, asJSON bool) error {
	s, err := env.Locate(ctx, s)
	if err != nil {
		return err
	}
	if s.WebhookURL == "" || s.SigningSecret == "" {
		return cli.Fail(cli.Misused, "name the --stack, or both --url and --signing-secret", "what to register, or where to store its secret, is not named")
	}
	client, err := env.Provider(ctx, s)
	if err != nil {
		return err
	}
	place, err := placeOf(ctx, env, s.SigningSecret, secrets.SigningSecret)
	if err != nil {
		return err
	}
	if !force {
		if err := refuseSecond(ctx, client, s.WebhookURL); err != nil {
			return err
		}
	}
	endpoint, err := register(ctx, &env.Console, client, place, s.WebhookURL)
	if err != nil {
		return err
	}
	if asJSON {
		return env.PrintJSON(endpointRows([]wooshpay.Endpoint{endpoint})[0])
	}
	screen.Printf(env.Stdout, "%s %s is registered for %s: %s\nIts secret is stored in %s and was not shown.\n",
		env.Paint().Green("done:"), nameOf(endpoint.ID), s.WebhookURL, shortEvents(endpoint.Events), s.SigningSecret)
	return nil
}

// nameOf names an endpoint, even if WooshPay did not say its id.
func nameOf(endpointID string) string {
	if endpointID == "" {
		return "an endpoint without an id"
	}
	return endpointID
}

// placeOf opens the place of a secret, before the command gets a secret that it could not store.
func placeOf(ctx context.Context, env *access.Env, id string, field secrets.Field) (deployment.Place, error) {
	cloud, err := env.Cloud(ctx)
	if err != nil {
		return deployment.Place{}, err
	}
	place, err := deployment.OpenPlace(ctx, cloud.Secrets, id, field)
	if errors.Is(err, deployment.ErrOtherSecret) {
		return place, cli.Fail(cli.Found, fmt.Sprintf("name another secret, or make it a JSON object with the field %q", field), "%w", err)
	}
	if err != nil {
		return place, access.CloudError(err)
	}
	return place, nil
}

func refuseSecond(ctx context.Context, client *wooshpay.Client, address string) error {
	list, err := client.ListEndpoints(ctx)
	unknown := list.Unreadable
	for _, e := range list.Endpoints {
		if delivery.Same(e.URL, address) {
			return cli.Fail(cli.Found, "keep it and store its secret (disputectl secret set signing), or delete it in WooshPay's dashboard first; --force makes a second one",
				"%s is registered already, as %s (%s): a second endpoint would bring every event twice", address, nameOf(e.ID), orUnknown(e.Status))
		}
		if e.URL == "" {
			unknown++
		}
	}
	const next = "check WooshPay's dashboard; if it is not there, use --force"
	switch {
	case errors.Is(err, wooshpay.ErrEndpointsUnavailable):
		return cli.Fail(cli.Found, next, "whether %s is registered already cannot be known: %w", address, err)
	case err != nil:
		return access.ProviderError(err)
	case unknown > 0:
		return cli.Fail(cli.Found, next, "whether %s is registered already cannot be known: WooshPay's list has %d without a readable URL", address, unknown)
	}
	return nil
}

// register creates the endpoint and stores its secret. From the request on it is not interrupted: the secret is shown
// only once.
func register(ctx context.Context, console *cli.Console, client *wooshpay.Client, place deployment.Place, address string) (wooshpay.Endpoint, error) {
	if err := ctx.Err(); err != nil {
		return wooshpay.Endpoint{}, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), createTimeout)
	defer cancel()
	endpoint, secret, err := client.CreateEndpoint(ctx, address, endpointDescription, wooshpay.DisputeEvents())
	if err != nil {
		return endpoint, createError(endpoint.ID, err)
	}
	for range storeTries {
		if err = place.Store(ctx, secret); err == nil {
			return endpoint, nil
		}
	}
	return endpoint, rescue(console, endpoint.ID, address, secret, err)
}

func createError(endpointID string, err error) error {
	switch {
	case endpointID != "":
		return cli.Fail(cli.Unreachable, fmt.Sprintf("delete %s in WooshPay's dashboard and run this again", endpointID),
			"%s is registered, and WooshPay's answer does not show its secret: %w", endpointID, err)
	case fault.Of(err) == fault.Ambiguous:
		return cli.Fail(cli.Unreachable, "look with `disputectl webhook list`; if it is there, its secret is lost: delete it in WooshPay's dashboard and run this again",
			"whether the endpoint was registered is not known: %w", err)
	}
	return access.ProviderError(err)
}

// fileSafe matches an id that may be part of a file name.
var fileSafe = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// rescue keeps a secret that could not be stored in a file that only its owner can read: WooshPay does not show it again.
func rescue(console *cli.Console, endpointID, address, secret string, cause error) error {
	name := "webhook.secret"
	if fileSafe.MatchString(endpointID) {
		name = endpointID + ".secret"
	}
	if err := console.CreateNew(name, []byte(secret+"\n"), cli.OwnerOnly); err != nil {
		return cli.Fail(cli.Unreachable, fmt.Sprintf("delete %s (%s) in WooshPay's dashboard, fix the cause, and run this again", nameOf(endpointID), address),
			"%s is registered, and its secret is lost: %w; nor can it be kept in %s: %w", nameOf(endpointID), cause, name, cli.WithoutPath(err))
	}
	mend := "fix the cause, then: disputectl secret set signing --stack STACK <" + name
	if errors.Is(cause, deployment.ErrUnfit) {
		mend = "report this as a bug of disputectl, with the form of the secret and not the secret"
	}
	return cli.Fail(cli.Unreachable, strings.Join([]string{
		mend, "then delete the file; until then no event of this endpoint is accepted, and WooshPay repeats them for three days",
	}, "\n  "), "%s is registered, but its secret could not be stored: %w\n  it is kept in %s, which only you can read", nameOf(endpointID), cause, name)
}
