package dynamo

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errCursor = errors.New("not a cursor of this listing")

// place is where a listing stands in one shard: after the case of this date and key, or at the beginning.
type place struct {
	Shard string `json:"s"`
	At    string `json:"a,omitempty"`
	Key   string `json:"k,omitempty"`
}

// startKey is nil at the beginning.
func (p place) startKey() attributes {
	if p.Key == "" {
		return nil
	}
	return attributes{
		"pk":        &types.AttributeValueMemberS{Value: p.Key},
		"due_shard": &types.AttributeValueMemberS{Value: p.Shard},
		"due_at":    &types.AttributeValueMemberS{Value: p.At},
	}
}

// beginning is a place in every shard.
func beginning() []place {
	places := make([]place, shards)
	for i := range places {
		places[i].Shard = strconv.Itoa(i)
	}
	return places
}

// formatCursor writes the places that are left; nothing is left of none.
func formatCursor(places []place) string {
	if len(places) == 0 {
		return ""
	}
	text, _ := json.Marshal(places) // texts can be encoded
	return base64.RawURLEncoding.EncodeToString(text)
}

func parseCursor(cursor string) ([]place, error) {
	if cursor == "" {
		return beginning(), nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	var places []place
	if err == nil {
		err = json.Unmarshal(text, &places)
	}
	if err != nil || len(places) == 0 || len(places) > shards {
		return nil, fmt.Errorf("%w: %.100q", errCursor, cursor)
	}
	return places, nil
}
