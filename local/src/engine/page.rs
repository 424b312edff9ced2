//! Pages of lists, by page number and page size.

use super::Fault;

const DEFAULT_SIZE: usize = 10;
const MAX_SIZE: usize = 100;

/// The page of a list to return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageRequest {
    number: usize,
    size: usize,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// The page's number; the first is 1.
    pub(crate) number: usize,
    /// The maximum number of items on a page.
    pub(crate) size: usize,
    /// The number of items on all pages.
    pub(crate) total_count: usize,
}

impl PageRequest {
    /// Creates a request for the page `number` (from 1; default 1) of `size` items (1 to 100;
    /// default 10).
    pub(crate) fn new(number: Option<usize>, size: Option<usize>) -> Result<Self, Fault> {
        let (number, size) = (number.unwrap_or(1), size.unwrap_or(DEFAULT_SIZE));
        if number == 0 {
            return Err(Fault::invalid("PageNumber"));
        }
        if !(1..=MAX_SIZE).contains(&size) {
            return Err(Fault::invalid("PageSize"));
        }
        Ok(Self { number, size })
    }

    pub(crate) fn of<T>(self, all: impl ExactSizeIterator<Item = T>) -> Page<T> {
        let total_count = all.len();
        let skipped = (self.number - 1).saturating_mul(self.size);
        let items = all.skip(skipped).take(self.size).collect();
        Page { items, number: self.number, size: self.size, total_count }
    }
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { number: 1, size: DEFAULT_SIZE }
    }
}

#[cfg(test)]
mod tests {
    use super::PageRequest;

    #[test]
    fn the_last_page_is_short_and_the_next_is_empty() {
        let request = |number| PageRequest::new(Some(number), Some(4)).expect("the page is valid");
        let page = request(3).of(0..10);
        assert_eq!(page.items, [8, 9]);
        assert_eq!((page.number, page.size, page.total_count), (3, 4, 10));
        assert!(request(4).of(0..10).items.is_empty());
        assert!(request(usize::MAX).of(0..10).items.is_empty());
    }

    #[test]
    fn pages_are_numbered_from_one_and_hold_up_to_a_hundred() {
        for (number, size, name) in
            [(0, 10, "PageNumber"), (1, 0, "PageSize"), (1, 101, "PageSize")]
        {
            let fault = PageRequest::new(Some(number), Some(size)).expect_err("it is out of range");
            assert!(fault.message.contains(name));
        }
        assert_eq!(PageRequest::new(None, None), Ok(PageRequest::default()));
    }
}
