package dispute

import "fmt"

// MaxID bounds an id in bytes. The longest id in WooshPay's samples has 21 characters; an id is part of a URL, of a
// table's key, which DynamoDB bounds at 2048 bytes, and of every log line about its case.
const MaxID = 255

// ErrLongID is returned for an id that is longer than MaxID.
var ErrLongID = fmt.Errorf("the id is longer than %d bytes", MaxID)

// CheckID returns ErrLongID for an id, of a dispute or of anything else, that is too long to be one of WooshPay's.
func CheckID[T ~string](id T) error {
	if len(id) > MaxID {
		return ErrLongID
	}
	return nil
}
