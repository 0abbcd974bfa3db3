package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/delivery"
	"disputecloser/cmd/disputectl/internal/deployment"
	"disputecloser/shared/secrets"
	"disputecloser/shared/wooshpay"
)

// site is where a webhook and its WooshPay account are: named by a stack, by flags, or by both, and then the flags win.
type site struct {
	stack, table             string
	wooshpayURL, webhookURL  string
	keySecret, signingSecret string
}

func stackFlag(cmd *cobra.Command, s *site) {
	cmd.Flags().StringVar(&s.stack, "stack", "", "the deployed `STACK`, which names everything else")
}

func providerFlags(cmd *cobra.Command, s *site) {
	cmd.Flags().StringVar(&s.wooshpayURL, "wooshpay", "", "WooshPay's `URL`, if no stack names it; the variable WOOSHPAY_URL if empty")
	cmd.Flags().StringVar(&s.keySecret, "api-key-secret", "",
		"the `NAME` or ARN of the API key in Secrets Manager, if no stack names it; API_KEY_SECRET if empty, and without both the key itself is read from "+keyVariable)
}

func webhookFlags(cmd *cobra.Command, s *site) {
	cmd.Flags().StringVar(&s.webhookURL, "url", "", "the webhook's `URL`, if no stack names it or it has another name, too")
	cmd.Flags().StringVar(&s.signingSecret, "signing-secret", "", "the name or `ARN` of the signing secret, if no stack names it")
}

// located fills in what the stack names and the flags do not.
func (a *app) located(ctx context.Context, s site) (site, error) {
	if s.stack != "" {
		cloud, err := a.cloud(ctx)
		if err != nil {
			return s, err
		}
		stack, err := deployment.Open(ctx, cloud.Stacks, s.stack)
		if err != nil {
			return s, stackError(s.stack, err)
		}
		if s, err = s.filled(stack); err != nil {
			return s, cloudError(err)
		}
	}
	if s.wooshpayURL == "" {
		s.wooshpayURL = a.getenv("WOOSHPAY_URL")
	}
	if s.webhookURL != "" {
		if err := delivery.CheckURL(s.webhookURL); err != nil {
			return s, fail(misused, "use the address that WooshPay delivers to, with https", "%w", err)
		}
	}
	return s, nil
}

func (s site) filled(stack deployment.Stack) (site, error) {
	var faults []error
	fill := func(into *string, read func(string) (string, error), name string) {
		if *into == "" {
			var err error
			*into, err = read(name)
			faults = append(faults, err)
		}
	}
	fill(&s.table, stack.Output, deployment.Table)
	fill(&s.wooshpayURL, stack.Parameter, deployment.WooshPayURL)
	fill(&s.webhookURL, stack.Output, deployment.WebhookURL)
	fill(&s.keySecret, stack.Output, deployment.APIKeySecret)
	fill(&s.signingSecret, stack.Output, deployment.SigningSecret)
	return s, errors.Join(faults...)
}

// command returns a command line that works on the same site, as far as a stack names it.
func (s site) command(words string) string {
	line := "disputectl " + words
	if s.stack != "" {
		line += " --stack " + s.stack
	}
	return line
}

// provider returns a client of the site's WooshPay account. The key is checked against the host, and never printed.
func (a *app) provider(ctx context.Context, s site) (*wooshpay.Client, error) {
	const named = "name the --stack, or " + wooshpay.TestURL + " or " + wooshpay.LiveURL + " with --wooshpay or WOOSHPAY_URL"
	if s.wooshpayURL == "" {
		return nil, fail(misused, named, "there is no WooshPay to ask: no URL is given")
	}
	if _, err := wooshpay.ModeOf(s.wooshpayURL); err != nil {
		return nil, fail(misused, named, "there is no WooshPay to ask: %w", err)
	}
	source, err := a.keySource(ctx, s.keySecret)
	if err != nil {
		return nil, err
	}
	key, err := source.Key(ctx)
	if errors.Is(err, secrets.ErrMissing) {
		return nil, fail(found, "store it: "+s.command("secret set api-key"), "%w", err)
	}
	if err != nil {
		return nil, cloudError(err)
	}
	if err := wooshpay.CheckKey(s.wooshpayURL, key); err != nil {
		return nil, fail(found, s.command("secret set api-key")+" stores another", "%w", err)
	}
	return wooshpay.New(wooshpay.Config{BaseURL: s.wooshpayURL, Key: source, Now: a.now})
}

// connect reaches AWS by the SDK's own settings.
func connect(ctx context.Context) (*deployment.Cloud, error) {
	cfg, err := awsSettings(ctx)
	if err != nil {
		return nil, err
	}
	return deployment.Connect(cfg), nil
}

func stackError(name string, err error) error {
	if errors.Is(err, deployment.ErrNoStack) {
		return fail(unreachable, "check --stack and AWS_REGION; `aws cloudformation list-stacks` names them", "there is no stack %s", name)
	}
	return cloudError(err)
}

// cloudError says what to do about a call to AWS that failed.
func cloudError(err error) error {
	if errors.Is(err, context.Canceled) {
		return fail(unreachable, "", "interrupted")
	}
	return fail(unreachable, deployment.Advice(err), "%w", err)
}

// providerError says what to do about a call to WooshPay that failed.
func providerError(err error) error {
	e := new(wooshpay.Error)
	switch {
	case errors.Is(err, context.Canceled):
		return fail(unreachable, "", "interrupted")
	case errors.As(err, &e) && e.Status == 401:
		return fail(found, "disputectl secret set api-key stores the account's own", "WooshPay refuses the key: %w", err)
	case errors.As(err, &e):
		return fail(unreachable, "try again; if it lasts, ask WooshPay", "%w", err)
	}
	return fail(unreachable, "check the network and --wooshpay", "%w", err)
}
