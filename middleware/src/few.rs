//! A list that is short as a rule: its first items are on the stack.

/// The number of items that are kept on the stack.
const FEW: usize = 16;

/// Items of a list that is short as a rule.
pub(crate) struct Few<T> {
    first: [T; FEW],
    len: usize,
    /// All of them, once there are too many.
    many: Vec<T>,
}

impl<T: Copy + Default> Few<T> {
    /// Returns the items, to be sorted.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        if self.many.is_empty() { &mut self.first[..self.len] } else { &mut self.many }
    }

    /// Returns the items.
    pub(crate) fn as_slice(&self) -> &[T] {
        if self.many.is_empty() { &self.first[..self.len] } else { &self.many }
    }

    fn push(&mut self, item: T) {
        if self.len < FEW {
            self.first[self.len] = item;
            self.len += 1;
            return;
        }
        if self.many.is_empty() {
            self.many.extend_from_slice(&self.first);
        }
        self.many.push(item);
    }
}

impl<T: Copy + Default> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut few = Self { first: [T::default(); FEW], len: 0, many: Vec::new() };
        items.into_iter().for_each(|item| few.push(item));
        few
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_are_kept_in_their_order() {
        for count in [0, 1, FEW - 1, FEW, FEW + 1, 5 * FEW] {
            let mut few: Few<usize> = (0..count).collect();
            assert!(few.as_slice().iter().copied().eq(0..count), "{count}");
            few.as_mut_slice().reverse();
            assert!(few.as_slice().iter().copied().eq((0..count).rev()), "{count}");
        }
    }
}
