package main

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/gateway"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/shared/dispute"
	"disputecloser/shared/wooshpay"
)

// secretVariable is the environment variable that holds the signing secret unless --secret-env names another.
const secretVariable = "WOOSHPAY_SIGNING_SECRET"

// The forms in which sign prints what it signed.
const (
	asGateway = "apigateway"
	asCurl    = "curl"
	asBody    = "body"
)

// signing is what the flags of sign say.
type signing struct {
	secretEnv, secretFile, at, as string
}

func (a *app) signCommand() *cobra.Command {
	var s signing
	cmd := &cobra.Command{
		Use:     "sign FILE",
		Short:   "Sign an event as WooshPay would",
		GroupID: groupLocal,
		Long: `Sign the event in FILE as WooshPay would, now or at --at. FILE holds the body of a webhook,
or an API Gateway event around one as in events/; - is the standard input. What is not an
event, such as a dispute, is refused: the webhook would answer 400.

--as apigateway  prints the event that the webhook function receives (the default)
--as curl        prints the header for curl, which must send the very same body
--as body        prints the body of an API Gateway event, for curl to send

The secret is read from the environment or a file and never printed.`,
		Example: `  ` + secretVariable + `=whsec_... disputectl sign events/dispute-created.json
  disputectl sign event.json --secret-file secret.txt --as curl
  curl -H "$(disputectl sign event.json --as curl)" --data-binary @event.json URL`,
		Args: cobra.ExactArgs(1),
		RunE: act(func(_ *cobra.Command, args []string) error { return a.sign(args[0], s) }),
	}
	cmd.Flags().StringVar(&s.secretEnv, "secret-env", secretVariable, "the environment `VARIABLE` that holds the signing secret")
	cmd.Flags().StringVar(&s.secretFile, "secret-file", "", "the `FILE` that holds the signing secret, in place of the environment")
	cmd.Flags().StringVar(&s.at, "at", "", "sign as of this `TIME`, such as 2026-03-02T12:00:00Z; now if empty")
	cmd.Flags().StringVar(&s.as, "as", asGateway, "the `FORM` to print: apigateway, curl or body")
	return cmd
}

func (a *app) sign(name string, s signing) error {
	if forms := []string{asGateway, asCurl, asBody}; !slices.Contains(forms, s.as) {
		return fail(misused, "use one of "+strings.Join(forms, ", "), "--as %q is no form", s.as)
	}
	data, err := a.bytes(name)
	if err != nil {
		return err
	}
	text, err := unmarked(name, data)
	if err != nil {
		return err
	}
	event, err := a.eventOf(name, text)
	if err != nil {
		return err
	}
	if s.as == asCurl && event.around == nil && len(text) < len(data) {
		return fail(misused, "write it without one, by `disputectl sign "+name+" --as body > FILE`, and sign that",
			"%s begins with a byte order mark, which curl would send, too", name)
	}
	if _, err := dispute.ParseEvent(event.body); err != nil {
		return fail(misused, nextEvent, "%s holds no event, which is all that WooshPay signs: %w", name, err)
	}
	if s.as == asBody {
		_, err := a.data().Write(event.body)
		return err
	}
	at, err := a.instant(s.at)
	if err != nil {
		return err
	}
	secret, err := a.signingSecret(s.secretEnv, s.secretFile, "name a file with --secret-file")
	if err != nil {
		return err
	}
	header := wooshpay.Sign(secret, at, event.body)
	if s.as == asCurl {
		screen.Printf(a.stdout, "%s: %s\n", wooshpay.SignatureHeader, header)
		return nil
	}
	return a.printJSON(event.signed(header, at))
}

// signable is an event to be signed.
type signable struct {
	// body holds the exact bytes that are signed.
	body []byte
	// around is the API Gateway event that was read around the body; nil for a body alone.
	around *events.APIGatewayV2HTTPRequest
}

// nextEvent says what to do about a file that holds no event.
const nextEvent = "name a file with the body of a webhook, or with an API Gateway event around one"

// eventOf reads a webhook's body, or the API Gateway event around one.
func (a *app) eventOf(name string, text []byte) (signable, error) {
	var shape struct {
		RequestContext json.RawMessage `json:"requestContext"`
	}
	if err := json.Unmarshal(text, &shape); err != nil {
		return signable{}, fail(misused, nextEvent, "%s is no event: %w", name, err)
	}
	if shape.RequestContext == nil {
		return signable{body: text}, nil
	}
	var around events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(text, &around); err != nil {
		return signable{}, fail(misused, nextEvent, "%s is no API Gateway event: %w", name, err)
	}
	body := []byte(around.Body)
	if around.IsBase64Encoded {
		decoded, err := base64.StdEncoding.DecodeString(around.Body)
		if err != nil {
			return signable{}, fail(misused, nextEvent, "the body in %s is not base64: %w", name, err)
		}
		body = decoded
	}
	return signable{body: body, around: &around}, nil
}

// signed returns the API Gateway event with a signature, as it arrives at an instant.
func (s signable) signed(header string, at time.Time) events.APIGatewayV2HTTPRequest {
	name := strings.ToLower(wooshpay.SignatureHeader)
	if s.around == nil {
		return gateway.Request(s.body, map[string]string{
			"content-type": "application/json", "host": "localhost", name: header,
		}, at)
	}
	event := *s.around
	event.Headers = maps.Clone(event.Headers)
	maps.DeleteFunc(event.Headers, func(given, _ string) bool { return strings.EqualFold(given, name) })
	if event.Headers == nil {
		event.Headers = map[string]string{}
	}
	event.Headers[name] = header
	gateway.Stamp(&event, at)
	return event
}

// signingSecret reads the secret. Line ends around it come from editors and are no part of it. What else the command
// offers in place of the environment is for who has no secret there.
func (a *app) signingSecret(variable, file, otherwise string) (string, error) {
	secret := a.getenv(variable)
	if file != "" {
		text, err := a.bytes(file)
		if err != nil {
			return "", err
		}
		secret = string(text)
	}
	if secret = strings.Trim(secret, "\r\n"); secret == "" {
		return "", fail(misused, "set "+variable+", or "+otherwise, "there is no signing secret")
	}
	return secret, nil
}

// instant reads a time given on the command line; empty is now.
func (a *app) instant(text string) (time.Time, error) {
	if text == "" {
		return a.now(), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fail(misused, "write it like 2026-03-02T12:00:00Z", "%q is no time", text)
	}
	return at, nil
}
