package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/delivery"
	"disputecloser/cmd/disputectl/internal/deployment"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/shared/fault"
	"disputecloser/shared/secrets"
	"disputecloser/shared/wooshpay"
)

const (
	endpointDescription = "Dispute Closer"
	// createTimeout bounds the registering with the storing of its secret, which are not interrupted.
	createTimeout = time.Minute
	storeTries    = 3
)

func (a *app) webhookCreateCommand() *cobra.Command {
	var s site
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
		RunE: act(func(cmd *cobra.Command, _ []string) error { return a.createWebhook(cmd.Context(), s, force, asJSON) }),
	}
	stackFlag(cmd, &s)
	webhookFlags(cmd, &s)
	providerFlags(cmd, &s)
	cmd.Flags().BoolVar(&force, "force", false, "register it although the address is registered already, or that cannot be known")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (a *app) createWebhook(ctx context.Context, s site, force, asJSON bool) error {
	s, err := a.located(ctx, s)
	if err != nil {
		return err
	}
	if s.webhookURL == "" || s.signingSecret == "" {
		return fail(misused, "name the --stack, or both --url and --signing-secret", "what to register, or where to store its secret, is not named")
	}
	client, err := a.provider(ctx, s)
	if err != nil {
		return err
	}
	place, err := a.placeOf(ctx, s.signingSecret, secrets.SigningSecret)
	if err != nil {
		return err
	}
	if !force {
		if err := refuseSecond(ctx, client, s.webhookURL); err != nil {
			return err
		}
	}
	endpoint, err := a.register(ctx, client, place, s.webhookURL)
	if err != nil {
		return err
	}
	if asJSON {
		return a.printJSON(endpointRows([]wooshpay.Endpoint{endpoint})[0])
	}
	screen.Printf(a.stdout, "%s %s is registered for %s: %s\nIts secret is stored in %s and was not shown.\n",
		a.paint().green("done:"), nameOf(endpoint.ID), s.webhookURL, shortEvents(endpoint.Events), s.signingSecret)
	return nil
}

// nameOf names an endpoint whose id WooshPay may not have said.
func nameOf(endpointID string) string {
	if endpointID == "" {
		return "an endpoint without an id"
	}
	return endpointID
}

// placeOf opens the place of a secret before anything is done that would be lost without it.
func (a *app) placeOf(ctx context.Context, id string, field secrets.Field) (deployment.Place, error) {
	cloud, err := a.cloud(ctx)
	if err != nil {
		return deployment.Place{}, err
	}
	place, err := deployment.OpenPlace(ctx, cloud.Secrets, id, field)
	if errors.Is(err, deployment.ErrOtherSecret) {
		return place, fail(found, fmt.Sprintf("name another secret, or make it a JSON object with the field %q", field), "%w", err)
	}
	if err != nil {
		return place, cloudError(err)
	}
	return place, nil
}

func refuseSecond(ctx context.Context, client *wooshpay.Client, address string) error {
	list, err := client.ListEndpoints(ctx)
	unknown := list.Unreadable
	for _, e := range list.Endpoints {
		if delivery.Same(e.URL, address) {
			return fail(found, "keep it and store its secret (disputectl secret set signing), or delete it in WooshPay's dashboard first; --force makes a second one",
				"%s is registered already, as %s (%s): a second endpoint would bring every event twice", address, nameOf(e.ID), orUnknown(e.Status))
		}
		if e.URL == "" {
			unknown++
		}
	}
	const next = "look into WooshPay's dashboard; if it is not there, use --force"
	switch {
	case errors.Is(err, wooshpay.ErrEndpointsUnavailable):
		return fail(found, next, "whether %s is registered already cannot be known: %w", address, err)
	case err != nil:
		return providerError(err)
	case unknown > 0:
		return fail(found, next, "whether %s is registered already cannot be known: WooshPay's list has %d without a readable URL", address, unknown)
	}
	return nil
}

// register creates the endpoint and stores its secret. From the request on it is not interrupted: the secret is shown
// only once.
func (a *app) register(ctx context.Context, client *wooshpay.Client, place deployment.Place, address string) (wooshpay.Endpoint, error) {
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
	return endpoint, a.rescue(endpoint.ID, address, secret, err)
}

func createError(endpointID string, err error) error {
	switch {
	case endpointID != "":
		return fail(unreachable, fmt.Sprintf("delete %s in WooshPay's dashboard and run this again", endpointID),
			"%s is registered, and WooshPay's answer does not show its secret: %w", endpointID, err)
	case fault.Of(err) == fault.Ambiguous:
		return fail(unreachable, "look with `disputectl webhook list`; if it is there, its secret is lost: delete it in WooshPay's dashboard and run this again",
			"whether the endpoint was registered is not known: %w", err)
	}
	return providerError(err)
}

// fileSafe is what an id may consist of to be part of a file's name.
var fileSafe = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// rescue keeps a secret that could not be stored in a file that nobody else can read, for it is not shown again.
func (a *app) rescue(endpointID, address, secret string, cause error) error {
	name := "webhook.secret"
	if fileSafe.MatchString(endpointID) {
		name = endpointID + ".secret"
	}
	if err := a.create(name, []byte(secret+"\n"), ownersFile); err != nil {
		return fail(unreachable, fmt.Sprintf("delete %s (%s) in WooshPay's dashboard, mend the cause, and run this again", nameOf(endpointID), address),
			"%s is registered, and its secret is lost: %w; nor can it be kept in %s: %w", nameOf(endpointID), cause, name, reason(err))
	}
	mend := "mend the cause, then: disputectl secret set signing --stack STACK <" + name
	if errors.Is(cause, deployment.ErrUnfit) {
		mend = "report this as a bug of disputectl, with the form of the secret and not the secret"
	}
	return fail(unreachable, strings.Join([]string{
		mend, "then delete the file; until then no event of this endpoint is accepted, and WooshPay repeats them for three days",
	}, "\n  "), "%s is registered, but its secret could not be stored: %w\n  it is kept in %s, which only you can read", nameOf(endpointID), cause, name)
}
