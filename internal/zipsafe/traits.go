package zipsafe

import "appraise/inventory"

// Traits returns the anomalies as traits, each kind once with one piece of evidence an anomaly. The
// evidence names no file, since its offset counts from the start of the archive.
func (z *Reader) Traits() []inventory.Trait {
	var traits []inventory.Trait
	at := map[AnomalyKind]int{}
	for _, a := range z.Anomalies {
		i, ok := at[a.Kind]
		if !ok {
			i = len(traits)
			at[a.Kind] = i
			traits = append(traits, inventory.Trait{ID: a.Kind})
		}
		traits[i].Evidence = append(traits[i].Evidence, inventory.Evidence{Offset: a.Offset, Detail: a.Detail})
	}
	return traits
}
