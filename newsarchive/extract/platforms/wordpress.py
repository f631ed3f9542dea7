"""WordPress: whatever the theme, core, plugins and builders mark the post's content and their own boxes.

Known, from the source of core and of the plugins: `entry-content` (all default themes), `wp-block-post-content` (block
themes), the post content widgets of Elementor and tagDiv; the names of blocks, and of the boxes that plugins add.
Inferred: that nothing of an article stands in such a box.
"""

from newsarchive.extract.engine.bounds import Bounds
from newsarchive.extract.platforms.template import Template

_CORE = frozenset({
    "wp-block-latest-posts", "wp-block-query", "wp-block-post-author", "wp-block-post-author-biography",
    "wp-block-post-navigation-link", "wp-block-read-more", "wp-block-social-links", "wp-block-search",
    "wp-block-loginout", "wp-block-rss", "wp-block-tag-cloud", "wp-block-categories", "wp-block-archives",
    "wp-caption-text", "wp-element-caption", "gallery-caption", "post-navigation", "screen-reader-text",
})  # fmt: skip
_PLUGINS = frozenset({
    # Jetpack and Newspack
    "sharedaddy", "jp-relatedposts", "wp-block-jetpack-subscriptions", "wp-block-jetpack-related-posts",
    "wp-block-newspack-blocks-homepage-articles", "newspack-popup", "newspack-inline-popup",
    # related posts
    "yarpp", "yarpp-related", "crp_related", "rp4wp-related-posts", "wp_rp_wrap", "related_post",
    # tables of contents
    "ez-toc-container", "lwptoc", "toc_container", "wp-block-rank-math-toc-block",
    "wp-block-yoast-seo-table-of-contents",
    # boxes of authors
    "saboxplugin-wrap", "abh_box", "pp-multiple-authors-boxes-wrapper", "m-a-box", "molongui-author-box",
    # sharing
    "addtoany_share_save_container", "heateor_sss_sharing_container", "swp_social_panel", "essb_links",
    # forms
    "mc4wp-form", "wpforms-container", "wpcf7", "gform_wrapper", "formkit-form", "nf-form-cont",
})  # fmt: skip
_BUILDERS = frozenset({
    "elementor-widget-posts", "elementor-posts", "elementor-author-box", "elementor-post-navigation",
    "elementor-share-buttons", "elementor-toc__body", "td_block_related_posts", "td-post-next-prev",
    "td-author-box", "td-post-sharing", "et_pb_blog_grid", "et_social_inline",
})  # fmt: skip

TEMPLATE = Template(
    Bounds(
        body=("elementor-widget-theme-post-content", "td-post-content", "wp-block-post-content", "entry-content"),
        furniture=_CORE | _PLUGINS | _BUILDERS,
    ),
    generator="wordpress",
    addresses=("/wp-content/themes/", "/wp-content/plugins/", "/wp-includes/", "/wp-json/"),
)
