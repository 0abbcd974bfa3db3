package access

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/delivery"
	"disputecloser/cmd/disputectl/internal/deployment"
	"disputecloser/shared/secrets"
	"disputecloser/shared/wooshpay"
)

// Site is a deployment and its WooshPay account, named by a stack, by flags, or by both; then the flags win.
type Site struct {
	Stack, Table             string
	WooshpayURL, WebhookURL  string
	KeySecret, SigningSecret string
	// Local means the local run of this user, and nothing else.
	Local bool

	// deployed is the stack as Locate read it; nil without one.
	deployed *deployment.Stack
}

// StackVariable is the environment variable that names the stack if no flag does.
const StackVariable = "DISPUTECTL_STACK"

// StackFlag adds the flag that names a stack.
func StackFlag(cmd *cobra.Command, s *Site) {
	cmd.Flags().StringVar(&s.Stack, "stack", "", "the deployed `STACK`, by its name or by its environment in "+samconfigFile+"; the variable "+StackVariable+" if empty")
}

// ProviderFlags adds the flags that name a WooshPay account.
func ProviderFlags(cmd *cobra.Command, s *Site) {
	cmd.Flags().StringVar(&s.WooshpayURL, "wooshpay", "", "WooshPay's `URL`, if no stack names it; the variable WOOSHPAY_URL if empty")
	cmd.Flags().StringVar(&s.KeySecret, "api-key-secret", "",
		"the `NAME` or ARN of the API key in Secrets Manager, if no stack names it; API_KEY_SECRET if empty, and without both the key itself is read from "+KeyVariable)
}

// WebhookFlags adds the flags that name a webhook and its signing secret.
func WebhookFlags(cmd *cobra.Command, s *Site) {
	cmd.Flags().StringVar(&s.WebhookURL, "url", "", "the webhook's `URL`, if no stack names it or it has another name, too")
	cmd.Flags().StringVar(&s.SigningSecret, "signing-secret", "", "the name or `ARN` of the signing secret, if no stack names it")
}

// Locate fills in from the stack what the flags do not name. If no flag names anything, it is the stack that the
// environment or samconfig.toml names.
func (e *Env) Locate(ctx context.Context, s Site) (Site, error) {
	byParts := s != Site{} || e.Getenv(StackVariable) == "" && e.Getenv(wooshpayVariable) != ""
	if !byParts {
		var err error
		if s.Stack, err = e.implied(); err != nil {
			return s, err
		}
	}
	if s.Stack != "" {
		stack, _, err := e.OpenStack(ctx, s.Stack)
		if err != nil {
			return s, err
		}
		if s, err = s.filled(stack); err != nil {
			return s, CloudError(err)
		}
	}
	if s.WooshpayURL == "" {
		s.WooshpayURL = e.Getenv(wooshpayVariable)
	}
	if s.WebhookURL != "" {
		if err := delivery.CheckURL(s.WebhookURL); err != nil {
			return s, cli.Fail(cli.Misused, "use the address that WooshPay delivers to, with https", "the webhook's address: %w", err)
		}
	}
	return s, nil
}

// wooshpayVariable is the environment variable that holds WooshPay's URL if neither a flag nor a stack names it.
const wooshpayVariable = "WOOSHPAY_URL"

// implied returns the stack that no flag names: that of the environment, or the only one of samconfig.toml. There may be
// none.
func (e *Env) implied() (string, error) {
	if name := e.Getenv(StackVariable); name != "" {
		return name, nil
	}
	config, err := readSamconfig(&e.Console)
	return config.only(), err
}

// OpenStack reads the stack that a flag or the environment names. Its errors say what to do next.
func (e *Env) OpenStack(ctx context.Context, name string) (deployment.Stack, *deployment.Cloud, error) {
	if name == "" {
		implied, err := e.implied()
		if err != nil {
			return deployment.Stack{}, nil, err
		}
		if name = implied; name == "" {
			return deployment.Stack{}, nil, e.noStack()
		}
	}
	config, err := readSamconfig(&e.Console)
	if err != nil {
		return deployment.Stack{}, nil, err
	}
	cloud, err := e.Cloud(ctx)
	if err != nil {
		return deployment.Stack{}, nil, err
	}
	stack, err := deployment.Open(ctx, cloud.Stacks, config.stack(name))
	if err != nil {
		return stack, nil, stackError(config.stack(name), err)
	}
	return stack, cloud, nil
}

// noStack says that a command does not know which stack is meant.
func (e *Env) noStack() error {
	next := "name it with --stack or " + StackVariable
	if config, err := readSamconfig(&e.Console); err == nil && len(config) > 0 {
		next += ": " + config.choices() + ", as in " + samconfigFile
	}
	return cli.Fail(cli.Misused, next, "no stack is named")
}

func (s Site) filled(stack deployment.Stack) (Site, error) {
	var faults []error
	fill := func(into *string, read func(string) (string, error), name string) {
		if *into == "" {
			var err error
			*into, err = read(name)
			faults = append(faults, err)
		}
	}
	fill(&s.Table, stack.Output, deployment.Table)
	fill(&s.WooshpayURL, stack.Parameter, deployment.WooshPayURL)
	fill(&s.WebhookURL, stack.Output, deployment.WebhookURL)
	fill(&s.KeySecret, stack.Output, deployment.APIKeySecret)
	fill(&s.SigningSecret, stack.Output, deployment.SigningSecret)
	s.Stack, s.deployed = stack.Name, &stack
	return s, errors.Join(faults...)
}

// Command returns a command line that works on the same site, if a stack names it.
func (s Site) Command(words string) string {
	line := "disputectl " + words
	if s.Stack != "" {
		line += " --stack " + s.Stack
	}
	if s.Local {
		line += " --local"
	}
	return line
}

// Provider returns a client of the site's WooshPay account. The key is checked against the host, and never printed.
func (e *Env) Provider(ctx context.Context, s Site) (*wooshpay.Client, error) {
	const named = "name the --stack, or " + wooshpay.TestURL + " or " + wooshpay.LiveURL + " with --wooshpay or WOOSHPAY_URL"
	if s.WooshpayURL == "" {
		return nil, cli.Fail(cli.Misused, named, "there is no WooshPay to ask: no URL is given")
	}
	if _, err := wooshpay.ModeOf(s.WooshpayURL); err != nil {
		return nil, cli.Fail(cli.Misused, named, "there is no WooshPay to ask: %w", err)
	}
	source, err := e.keySource(ctx, s.KeySecret)
	if err != nil {
		return nil, err
	}
	key, err := source.Key(ctx)
	if errors.Is(err, secrets.ErrMissing) {
		return nil, cli.Fail(cli.Found, "store it: "+s.Command("secret set api-key"), "%w", err)
	}
	if err != nil {
		return nil, CloudError(err)
	}
	if err := wooshpay.CheckKey(s.WooshpayURL, key); err != nil {
		return nil, cli.Fail(cli.Found, s.Command("secret set api-key")+" stores another", "%w", err)
	}
	return wooshpay.New(wooshpay.Config{BaseURL: s.WooshpayURL, Key: source, Now: e.Now})
}

// Connect reaches AWS by the SDK's own settings.
func Connect(ctx context.Context) (*deployment.Cloud, error) {
	cfg, err := awsSettings(ctx)
	if err != nil {
		return nil, err
	}
	return deployment.Connect(cfg), nil
}

// stackError says what to do about a stack that could not be read.
func stackError(name string, err error) error {
	switch {
	case strings.HasPrefix(deployment.Code(err), "AccessDenied"):
		return cli.Fail(cli.Unreachable, "have the stack's ViewerPolicy attached", "your AWS credentials may not see stack %s: %w", name, err)
	case errors.Is(err, deployment.ErrNoStack):
		return cli.Fail(cli.Unreachable, "`aws cloudformation list-stacks` names those of this region", "there is no stack %s", name)
	}
	return CloudError(err)
}

// CloudError says what to do about a call to AWS that failed.
func CloudError(err error) error {
	if errors.Is(err, context.Canceled) {
		return cli.ErrInterrupted
	}
	return cli.Fail(cli.Unreachable, deployment.Advice(err), "%w", err)
}

// ProviderError says what to do about a call to WooshPay that failed.
func ProviderError(err error) error {
	e := new(wooshpay.Error)
	switch {
	case errors.Is(err, context.Canceled):
		return cli.ErrInterrupted
	case errors.As(err, &e) && e.Status == 401:
		return cli.Fail(cli.Found, "disputectl secret set api-key stores the account's own", "WooshPay refuses the key: %w", err)
	case errors.As(err, &e):
		return cli.Fail(cli.Unreachable, "try again", "%w", err)
	}
	return cli.Fail(cli.Unreachable, "check the network and --wooshpay", "%w", err)
}
