package samlocal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"disputecloser/internal/localaws"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/dynamo"
	"disputecloser/shared/wooshpay"
)

// View looks at a world from outside, as the functions do.
type View struct {
	ledger   *dynamo.Ledger
	wooshpay *wooshpay.Client
}

// NewView makes no call.
func NewView(s Settings) (*View, error) {
	client, err := wooshpay.New(wooshpay.Config{BaseURL: s.WooshPayURL, Key: wooshpay.FixedKey(APIKey)})
	if err != nil {
		return nil, err
	}
	tables := dynamodb.NewFromConfig(aws.Config{
		BaseEndpoint: aws.String(s.AWSEndpoint), Region: localaws.Region,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	}, dynamo.Options)
	return &View{dynamo.New(tables, s.Table, s.TableMark), client}, nil
}

// Picture is how the cases and the switch stand, a sentence for each.
type Picture map[string]string

// order is the order in which a picture is told.
var order = []string{string(Ordered), string(Planned), string(Daily), string(Unannounced), string(Ended), theSwitch}

const theSwitch = "closing"

// Picture reads how everything stands.
func (v *View) Picture(ctx context.Context) (Picture, error) {
	control, err := v.ledger.Control(ctx)
	if err != nil {
		return nil, err
	}
	p := Picture{theSwitch: "is off"}
	if control.Switch != closing.Off {
		p[theSwitch] = "is " + string(control.Switch)
	}
	for _, d := range seeds(time.Time{}) {
		if p[string(d.ID)], err = v.sentence(ctx, d.ID); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (v *View) sentence(ctx context.Context, id dispute.ID) (string, error) {
	there, _, err := v.wooshpay.Get(ctx, id)
	if err != nil {
		return "", fmt.Errorf("look at dispute %s: %w", id, err)
	}
	here := "not in the table"
	switch c, err := v.ledger.Load(ctx, id); {
	case err == nil:
		here = wordsFor(c)
	case !errors.Is(err, closing.ErrNotFound):
		return "", err
	}
	return here + "; WooshPay says " + string(there.Status), nil
}

func wordsFor(c closing.Case) string {
	words := string(c.State)
	if c.Armed() {
		words += ", armed"
	}
	if c.Override != nil && !c.State.Finished() {
		words += ", a person says " + string(c.Override.Action)
	}
	return fmt.Sprintf("%s (version %d)", words, c.Version)
}

// Since says what changed since an earlier picture, a line each.
func (p Picture) Since(earlier Picture) []string {
	var changes []string
	for _, subject := range order {
		if p[subject] != earlier[subject] {
			changes = append(changes, fmt.Sprintf("%s: %s\n  now: %s", subject, earlier[subject], p[subject]))
		}
	}
	return changes
}

// Running reports whether a world answers already where env.json says, from loopback and from the containers' address. The
// error says that something else listens there, or that the containers are not served.
func Running(ctx context.Context, s Settings, containers netip.Prefix) (bool, error) {
	found, err := serverAt(ctx, s.AWSEndpoint)
	switch {
	case err != nil:
		return false, nil //nolint:nilerr // nobody listens
	case found != product:
		return false, fmt.Errorf("something else than `make local-aws` listens at %s: stop it", s.AWSEndpoint)
	case !containers.IsValid():
		return true, nil
	}
	address := fmt.Sprintf("http://%s:%s", containers.Addr(), portOf(s.AWSEndpoint))
	if found, err = serverAt(ctx, address); err != nil || found != product {
		return false, errors.New("the running `make local-aws` does not serve containers: end it and start it with BRIDGE=yes, or do without")
	}
	return true, nil
}

// serverAt returns the Server header of whoever answers at an address.
func serverAt(ctx context.Context, address string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	res, err := (&http.Client{Transport: &http.Transport{}}).Do(req)
	if err != nil {
		return "", err
	}
	return res.Header.Get("Server"), res.Body.Close()
}
