package source

// Consumed is how many bytes of the text have been passed over.
func (r *Reader) Consumed() int64 { return r.w.offset + int64(r.w.pos) }

// Slowly makes the reader take every record as it takes the unusual ones.
func (r *Reader) Slowly() { r.lines = nil }
